"""Self-test route: proves on demand that every part that runs depend on works, and says how fast."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from maestro.server.json_response import Json
from maestro.server.permissions import Manager
from maestro.server.self_test import run_checks
from maestro.server.system import audited, system_of
from maestro.server.views import Words

router = APIRouter(prefix="/self-test", tags=["self-test"])


class CheckView(BaseModel):
    """One thing that was tried: whether it worked, and how many seconds it took."""

    name: str
    ok: bool
    seconds: float
    words: Words


class SelfTestView(BaseModel):
    """Every check; `ok` where all are."""

    ok: bool
    checks: list[CheckView]


@router.post("", response_model=SelfTestView)
async def run_self_test(request: Request, person: Manager) -> Response:
    """Write and read the database, run a small workflow, ask the workers, look at clock, disk and memory."""
    checks = await run_checks(system_of(request))
    failed = [each["name"] for each in checks if not each["ok"]]
    await run_in_threadpool(audited, request, person, "self_test.run", "system", {"failed": failed})
    return Json({"ok": not failed, "checks": checks})
