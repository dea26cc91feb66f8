// Counts the seconds that a QR code has left, by this browser's own clock from when the page came.

export function countDown(figure, words, over) {
  const end = performance.now() + Number(figure.dataset.seconds) * 1000;
  const place = figure.querySelector("[data-countdown]");
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    place.textContent = `${words} ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left === 0) {
      clearInterval(timer);
      over();
    }
  };
  const timer = setInterval(tick, 1000);
  tick();
  return () => clearInterval(timer);
}
