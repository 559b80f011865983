"""A bare FastAPI application, to compare with."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def hello() -> dict[str, str]:
    """Greet."""
    return {"hello": "world"}
