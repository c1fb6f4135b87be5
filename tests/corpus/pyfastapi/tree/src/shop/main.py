from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def front() -> dict[str, str]:
    return {"shop": "taken in"}


@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"shop": "ok"}
