"""The cable is pulled after any step, or in the middle of any write: one firmware stays whole."""

from hypothesis import given
from hypothesis import strategies as st

from sparekey.deploy.image import Image
from sparekey.deploy.plan import TEMPORARY, make_plan

from .drives import MODULES
from .model_drive import ModelDrive

_STARTERS = ("boot.py", "code.py")
_USERS_OWN = {"vault.bin": b"accounts", "notes.txt": b"mine", "lib/other.py": b"mine too"}


@st.composite
def images(draw: st.DrawFn, label: str) -> Image:
    """A firmware of some of the modules, as source or byte code, of two versions mixed."""
    kind = draw(st.sampled_from((".py", ".mpy")))
    files = {}
    for path in draw(st.lists(st.sampled_from(MODULES), unique=True, min_size=1)):
        data = f"{path} {draw(st.sampled_from(('common', label)))}".encode()
        files[path.replace(".py", kind)] = data
    for path in _STARTERS:
        files[path] = f"{path} {draw(st.sampled_from(('common', label)))}".encode()
    return Image("board", files)


def _with(image: Image) -> ModelDrive:
    drive = ModelDrive()
    drive.files = _USERS_OWN | image.files
    drive.folders = {"lib"} | {path.rpartition("/")[0] for path in image.files if "/" in path}
    drive.folders |= {"sparekey_token"} if "sparekey_token/core" in drive.folders else set()
    return drive


def _cuts(drive: ModelDrive, image: Image) -> list[ModelDrive]:
    """The drive before the first step of the plan for ``image``, after each, and torn in each write."""
    states = [drive.copy()]
    for step in make_plan(image, *drive.look()).steps:
        if step.act == "write":
            torn = states[-1].copy()
            torn.take(step, torn=True)
            states.insert(-1, torn)
        after = states[-1].copy()
        after.take(step)
        states.append(after)
    return states


@given(images("old"), images("new"))
def test_old_or_new_whole(old: Image, new: Image) -> None:
    for state in _cuts(_with(old), new):
        assert state.starts_whole(old, new)
        assert _USERS_OWN.items() <= state.files.items()


@given(images("old"), images("new"))
def test_complete_in_the_end_and_swept(old: Image, new: Image) -> None:
    last = _cuts(_with(old), new)[-1]
    assert last.starts(new)
    assert not [path for path in last.files if path.endswith(TEMPORARY) or path.startswith("sparekey-")]
    assert not [folder for folder in last.folders if folder.startswith("sparekey-")]
    firmware = {path for path in last.files if path.startswith("sparekey_token/")}
    assert firmware == {path for path in new.files if path.startswith("sparekey_token/")}
    assert not make_plan(new, *last.look()).steps


@given(images("old"), images("new"), images("newer"), st.data())
def test_cut_again_while_mending(old: Image, new: Image, newer: Image, data: st.DataObject) -> None:
    """A second deployment, of the same firmware or another, goes on from wherever the first was cut."""
    cut = data.draw(st.sampled_from(_cuts(_with(old), new)))
    then = data.draw(st.sampled_from((new, newer, old)))
    states = _cuts(cut, then)
    for state in states:
        assert state.starts_whole(old, new, then)
    assert states[-1].starts(then)


@given(images("new"))
def test_a_fresh_drive_runs_its_own_code_until_the_last_step(new: Image) -> None:
    drive = ModelDrive()
    drive.files = {**_USERS_OWN, "code.py": b"hello"}
    drive.folders = {"lib"}
    *before, last = _cuts(drive, new)
    assert all(state.files["code.py"] == b"hello" for state in before if not state.starts(new))
    assert last.starts(new)


def test_what_is_there_already_is_not_written() -> None:
    image = Image(
        "board", {"lib/a.py": b"1", "sparekey_token/app.py": b"2", "boot.py": b"3", "code.py": b"4"}
    )
    drive = _with(image)
    drive.files["sparekey_token/app.py"] = b"older"
    plan = make_plan(image, *drive.look())
    assert [(step.act, step.path) for step in plan.steps] == [
        ("write", "sparekey_token/app.py.new"),
        ("rename", "sparekey_token/app.py"),
    ]
    assert plan.replaced == ["sparekey_token/app.py"]


def test_room_counts_whole_clusters() -> None:
    image = Image("board", {"lib/a.py": b"1" * 4097, "boot.py": b"", "code.py": b"4"})
    plan = make_plan(image, {"code.py": "other"}, {"lib"})
    assert plan.room(4096) >= 2 * 4096 + 4096
