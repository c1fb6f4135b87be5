"""What strangers may send: texts (`values`), and repositories (`zoo`) that every verb is taken through."""
