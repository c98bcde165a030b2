"""Runs every case of the client matrix with a library for Python; prints a line of JSON for each.

The cases and the words of the cells are those of npm/driver.mjs. What is the library's own stands in its
runner: an object with

plain(call), stream(call), helper(call): make the call as a user of the library would, and return the Answer
that the user gets;
shown(error): what the user is shown of an error, a Shown;
errors: the name of its class of errors for each status, 500 for all above;
knows: the cells of this library that are neither `ok` nor an error of `errors`, by the name of the case.
"""

import json
import os
import re
import signal
import sys
import time
import traceback
import urllib.request
from dataclasses import dataclass, field
from typing import Callable

MOST_SECONDS = 20
TEXT = "Grüße, 世界 🌍!"
USAGE = {"prompt": 7, "completion": 11, "total": 18}
WEATHER = {
    "name": "get_weather",
    "description": "The weather of a city",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}

STREAM = os.environ["CHATGATE_STREAM_URL"]
API = os.environ["CHATGATE_API_URL"]


def key(name=""):
    return os.environ["CHATGATE_KEY" + name]


@dataclass(frozen=True)
class Call:
    """A chat call. None means the field is not sent, or the library's default."""

    model: str
    base: str = STREAM
    key: str = field(default_factory=key)
    prompt: str = "Hello"
    max_tokens: int = 100
    max_retries: int | None = 0
    temperature: float | None = None
    n: int | None = None
    logprobs: bool | None = None
    tool: dict | None = None
    structured: bool = False
    usage: bool = False
    on_text: Callable[[str], bool] = lambda text: True
    """Receives each piece of a stream; the client leaves the stream when it returns False."""


@dataclass
class Answer:
    """An answer as the user of the library gets it."""

    text: str | None = None
    finish: str | None = None
    usage: dict | None = None
    tools: list = field(default_factory=list)
    choices: list = field(default_factory=list)
    reasoning: str | None = None
    object: dict | None = None
    logprobs: list | None = None


@dataclass(frozen=True)
class Shown:
    """An error as the user of the library sees it."""

    name: str
    status: int | None = None
    code: str | None = None
    param: str | None = None
    request_id: str | None = None
    retry_after: str | None = None
    message: str | None = None


def call(model, **more):
    return Call(model="case/" + model, **more)


class Loss(Exception):
    """Raised if the user does not get what was sent."""

    def __init__(self, what, got, sent):
        super().__init__(f"{what} is {got!r}, not {sent!r}")
        self.what = what


def same(what, got, sent):
    if got != sent:
        raise Loss(what, got, sent)


def whole(answer):
    same("text", answer.text, TEXT)
    same("finish_reason", answer.finish, "stop")


def whole_with_usage(answer):
    whole(answer)
    same("usage", answer.usage, USAGE)


def whole_without_usage(answer):
    """Usage must not be shown if it was not requested."""
    whole(answer)
    assert answer.usage is None, "usage that was not requested"


def tool_call(answer):
    made = {"id": "call_1", "name": "get_weather", "input": {"city": "Köln"}}
    same("the tool call", answer.tools, [made])
    same("finish_reason", answer.finish, "tool_calls")


def reasoned(answer):
    whole(answer)
    same("reasoning", answer.reasoning, "Let me think.")


def structured(answer):
    same("the object", answer.object, {"city": "Köln", "degrees": 21})


def chosen(answer):
    same("choices", answer.choices, ["answer number 0", "answer number 1"])


def probable(answer):
    same("log probabilities", answer.logprobs, [{"token": "Hi", "logprob": -0.25}])


def attempt(does):
    """Returns the answer or the error."""
    try:
        return does(), None
    except Late:
        raise
    except Exception as error:
        return None, error


def error_of(does):
    answer, error = attempt(does)
    assert error is not None, f"no error, but {answer!r}"
    return error


def read(library, way, one, expect, at_most_seconds=MOST_SECONDS):
    """Makes the call in one way and checks what the user gets."""
    began = time.monotonic()
    answer, error = attempt(lambda: way(one))
    took = time.monotonic() - began
    if error is not None:
        return "throws " + library.shown(error).name
    assert took < at_most_seconds, f"it took {took} s"
    try:
        expect(answer)
        return "ok"
    except Loss as loss:
        return "loses " + loss.what


def plain(one, expect):
    return lambda library: read(library, library.plain, one, expect)


def stream(one, expect, **limits):
    """Reads the stream chunk by chunk, and with the library's own helper."""

    def play(library):
        raw = read(library, library.stream, one, expect, **limits)
        put = read(library, library.helper, one, expect, **limits)
        return raw if raw == put else f"{raw}; *helper* {put}"

    return play


def shape(model, usage=True, **limits):
    """Requests the usage, which is the first thing to get lost, unless the case requires the contrary."""
    expect = whole_with_usage if usage else whole_without_usage
    return stream(call(model, usage=usage), expect, **limits)


def fails(way, one, status, code, param=None, wait=False, twice=False):
    """Returns the class of the error, and the fields that the user cannot see."""

    def play(library):
        does = lambda: getattr(library, way)(one)
        if twice:
            attempt(does)
        shown = library.shown(error_of(does))
        wanted = {
            "status": shown.status == status,
            "code": shown.code == code,
            "param": param is None or shown.param == param,
            "request id": re.fullmatch(r"[\w-]{12,}", shown.request_id or "") is not None,
            "message": len(shown.message or "") > 15,
            "retry-after": not wait or int(shown.retry_after or 0) >= 1,
        }
        usual = library.errors[min(status, 500)]
        assert shown.name == usual, f"{shown.name}, not {usual}"
        missing = [what for what, there in wanted.items() if not there]
        return shown.name + ("; no " + ", ".join(missing) if missing else "")

    return play


def breaks(model, code):
    def play(library):
        seen = []
        one = call(model, on_text=lambda text: seen.append(text) or True)
        shown = library.shown(error_of(lambda: library.stream(one)))
        assert "".join(seen) == TEXT, f"what came before the error is {seen}"
        return shown.name + ("" if shown.code == code else "; no code")

    return play


def abort(library):
    left = []

    def leave(text):
        left.append(time.monotonic())
        return False

    answer, error = attempt(lambda: library.stream(call("slow", on_text=leave)))
    assert left, "no text came"
    took = time.monotonic() - left[0]
    assert took < 1, f"it took {took} s to return"
    if error is not None:
        return "ok, throws " + library.shown(error).name
    return "ok" if len(left) == 1 and len(answer.text) < 50 else "read on"


def counted(one, library):
    """Returns the error if there is one, the number of calls, and the seconds that they took."""
    before, began = calls(one.key), time.monotonic()
    answer, error = attempt(lambda: library.plain(one))
    return answer, error, calls(one.key) - before, time.monotonic() - began


def calls(of_key):
    with urllib.request.urlopen(f"{os.environ['CHATGATE_CALLS_URL']}/{of_key}") as answer:
        return int(answer.read())


def times(number):
    return "1 call" if number == 1 else f"{number} calls"


def retry_rate(library):
    """A call that a minute limit refuses now; it succeeds after the time in retry-after."""
    # The API door settles before it answers, so that this call is no longer in flight.
    library.plain(call("heavy", base=API, key=key("_PACED"), max_tokens=5500))
    paced = call("plain", key=key("_PACED"), max_tokens=800, max_retries=None)
    _, error, made, took = counted(paced, library)
    if error is not None:
        return f"{times(made)}, gives up with {library.shown(error).name}"
    return f"{times(made)}, {'waits as told' if took > 1.5 else 'does not wait'}"


def retry_quota(library):
    spent = call("heavy", key=key("_SPENT"), max_tokens=5500, max_retries=None)
    _, error, made, _ = counted(spent, library)
    assert error is not None, "no error"
    return times(made)


def retry_500(library):
    _, error, made, _ = counted(call("500", key=key("_COUNTED"), max_retries=None), library)
    assert error is not None, "no error"
    return times(made)


def retry_inside(library):
    repeated = call("503-once", key=key("_COUNTED"), max_retries=None)
    answer, error, made, _ = counted(repeated, library)
    if error is not None:
        raise error
    whole_with_usage(answer)
    return times(made)


def hot(**more):
    return call("plain", temperature=9, **more)


def spent(**more):
    return call("heavy", key=key("_SPENT"), max_tokens=5500, **more)


USUAL_400 = (400, "invalid_value", "temperature")
SHAPES = (
    "crlf cr no-space comments id-comment split-1 split-2 split-3 quiet-end done-space usage-in-last "
    "after-usage error-null no-choices ping empty-data gzip wrong-type no-blank-line surplus"
)

ERRORS = {
    "error-400": fails("plain", hot(), *USUAL_400),
    "error-400-api": fails("plain", hot(base=API), *USUAL_400),
    "error-400-stream": fails("stream", hot(), *USUAL_400),
    "error-400-provider": fails("plain", call("400"), 400, "context_length_exceeded", "messages"),
    "error-401": fails("plain", call("plain", key=key("_UNKNOWN")), 401, "invalid_api_key"),
    "error-403-model": fails("plain", call("plain", key=key("_NARROW")), 403, "model_not_allowed"),
    "error-403-suspended": fails(
        "plain", call("plain", key=key("_SUSPENDED")), 403, "tenant_suspended"
    ),
    "error-404": fails("plain", call("plain", base=STREAM + "/nowhere"), 404, "unknown_url"),
    "error-429-rate": fails(
        "plain",
        call("plain", key=key("_LIMITED")),
        429,
        "rate_limit_exceeded",
        wait=True,
        twice=True,
    ),
    "error-429-quota": fails("plain", spent(), 429, "insufficient_quota"),
    "error-429-quota-api": fails("plain", spent(base=API), 429, "insufficient_quota"),
    "error-too-large": fails(
        "plain", call("plain", key=key("_PACED"), max_tokens=7000), 400, "reserve_too_large"
    ),
    "error-500": fails("plain", call("500"), 502, "upstream_error"),
    "error-500-api": fails("plain", call("500", base=API), 502, "upstream_error"),
    "error-auth": fails("plain", call("401"), 502, "upstream_auth"),
    "error-html": fails("plain", call("html"), 502, "upstream_invalid_response"),
    "error-200": fails("plain", call("200-error"), 502, "upstream_error"),
    "error-503": fails("plain", call("429"), 503, "upstream_overloaded", wait=True),
    "error-504": fails("stream", call("hang"), 504, "upstream_timeout"),
}

BREAKS = {
    "cut": "upstream_incomplete",
    "reset": "upstream_incomplete",
    "stall": "upstream_timeout",
    "error-in-stream": "model_crashed",
    "error-event": "model_crashed",
    "error-number": "529",
    "error-text": "upstream_error",
}

CASES = {
    "plain": plain(call("plain"), whole_with_usage),
    "plain-api": plain(call("plain", base=API), whole_with_usage),
    "stream": stream(call("plain"), whole_without_usage),
    "stream-usage": stream(call("plain", usage=True), whole_with_usage),
    "stream-api": stream(call("plain", base=API, usage=True), whole_with_usage),
    "tools": plain(call("tools", tool=WEATHER), tool_call),
    "tools-stream": stream(call("tools", tool=WEATHER), tool_call),
    "structured": plain(call("structured", structured=True), structured),
    "choices": stream(call("choices", n=2), chosen),
    "logprobs": plain(call("logprobs", logprobs=True), probable),
    "reasoning": stream(call("reasoning"), reasoned),
    "client-secret": stream(
        call("plain", key=os.environ["CHATGATE_CLIENT_SECRET"], usage=True), whole_with_usage
    ),
    **ERRORS,
    "retry-rate": retry_rate,
    "retry-quota": retry_quota,
    "retry-500": retry_500,
    "retry-inside": retry_inside,
    "abort": abort,
    **{model: shape(model) for model in SHAPES.split()},
    "open-after-done": shape("open-after-done", at_most_seconds=2.5),
    "refuses-usage": shape("refuses-usage", usage=False),
    "usage-in-last-unasked": shape("usage-in-last", usage=False),
    **{model: breaks(model, code) for model, code in BREAKS.items()},
}
"""The function that runs each case and returns its cell."""


class Late(BaseException):
    """Raised if a case takes too long. Not an Exception, so that libraries do not catch it."""


def late(number, frame):
    raise Late(f"no end after {MOST_SECONDS} s")


def good(name, cell):
    """Cells that need no entry in `knows`; errors were compared with `errors` before."""
    if name in ERRORS or name in BREAKS:
        return ";" not in cell
    return cell.startswith("ok") if name == "abort" else cell == "ok"


def line(library, name):
    known = library.knows.get(name)
    signal.alarm(MOST_SECONDS)
    try:
        cell = CASES[name](library)
    except (Exception, Late):
        return {"case": name, "ok": False, "cell": "fails", "detail": traceback.format_exc()}
    finally:
        signal.alarm(0)
    ok = good(name, cell) if known is None else cell == known
    return {"case": name, "ok": ok, "cell": cell, "detail": "" if ok else f"expected {known or 'ok'}"}


def run(library):
    """Runs the cases that the command line names, or all."""
    signal.signal(signal.SIGALRM, late)
    for name in sys.argv[1:] or CASES:
        print(json.dumps(line(library, name), ensure_ascii=False), flush=True)
