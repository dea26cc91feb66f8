from sparekey_token import app

app.main()
