"""What both majors of OpenAI's library for Python have in common."""

import json

import openai
from pydantic import BaseModel, ConfigDict

from driver import Answer, Shown

KNOWS = {
    "retry-rate": "2 calls, waits as told",
    "retry-quota": "1 call",
    "retry-500": "1 call",
    "retry-inside": "1 call",
    "id-comment": "throws JSONDecodeError",
    "after-usage": "ok; *helper* loses usage",
    "no-choices": "ok; *helper* throws KeyError",
    "ping": "throws JSONDecodeError",
    "empty-data": "throws JSONDecodeError",
}
"""The cells of both majors that are neither `ok` nor a usual error."""


class Place(BaseModel):
    """The requested structured output."""

    model_config = ConfigDict(extra="forbid")

    city: str
    degrees: int


def body(call):
    """The call's parameters in the library's form."""
    parameters = {
        "model": call.model,
        "messages": [{"role": "user", "content": call.prompt}],
        "max_tokens": call.max_tokens,
        "temperature": call.temperature,
        "n": call.n,
        "logprobs": call.logprobs,
        "tools": call.tool and [{"type": "function", "function": {**call.tool, "strict": True}}],
        "stream_options": {"include_usage": True} if call.usage else None,
    }
    return {name: value for name, value in parameters.items() if value is not None}


def usage_of(usage):
    return usage and {
        "prompt": usage.prompt_tokens,
        "completion": usage.completion_tokens,
        "total": usage.total_tokens,
    }


def tool_of(id, name, arguments):
    return {"id": id, "name": name, "input": json.loads(arguments)}


def answer_of(completion):
    choice = completion.choices[0]
    message = choice.message
    parsed = getattr(message, "parsed", None)
    return Answer(
        text=message.content,
        finish=choice.finish_reason,
        usage=usage_of(completion.usage),
        tools=[
            tool_of(tool.id, tool.function.name, tool.function.arguments)
            for tool in message.tool_calls or []
        ],
        choices=[one.message.content for one in completion.choices],
        reasoning=getattr(message, "reasoning_content", None),
        object=parsed and parsed.model_dump(),
        logprobs=choice.logprobs
        and [{"token": one.token, "logprob": one.logprob} for one in choice.logprobs.content],
    )


class Gathering:
    """Assembles a stream chunk by chunk, as most applications do."""

    def __init__(self):
        self.finish = None
        self.usage = None
        self.reasoning = ""
        self.texts = {}
        self.tools = {}

    def take(self, chunk):
        """Adds a chunk and returns its text."""
        if chunk.usage:
            self.usage = usage_of(chunk.usage)
        return "".join(self._choice(choice) for choice in chunk.choices or [])

    def _choice(self, choice):
        delta = choice.delta
        text = delta.content or ""
        self.texts[choice.index] = self.texts.get(choice.index, "") + text
        self.finish = choice.finish_reason or self.finish
        self.reasoning += getattr(delta, "reasoning_content", None) or ""
        for part in delta.tool_calls or []:
            tool = self.tools.setdefault(part.index, [part.id, part.function.name, ""])
            tool[2] += part.function.arguments or ""
        return text

    def answer(self):
        return Answer(
            text=self.texts.get(0, ""),
            finish=self.finish,
            usage=self.usage,
            tools=[tool_of(*tool) for tool in self.tools.values()],
            choices=[self.texts[index] for index in sorted(self.texts)],
            reasoning=self.reasoning or None,
        )


class Library:
    """OpenAI's library, used as its readme shows."""

    errors = {
        400: openai.BadRequestError.__name__,
        401: openai.AuthenticationError.__name__,
        403: openai.PermissionDeniedError.__name__,
        404: openai.NotFoundError.__name__,
        429: openai.RateLimitError.__name__,
        500: openai.InternalServerError.__name__,
    }

    def __init__(self, knows):
        self.knows = knows

    def plain(self, call):
        with client(call) as ours:
            if call.structured:
                return answer_of(ours.chat.completions.parse(**body(call), response_format=Place))
            return answer_of(ours.chat.completions.create(**body(call)))

    def stream(self, call):
        gathering = Gathering()
        with client(call) as ours:
            with ours.chat.completions.create(**body(call), stream=True) as chunks:
                for chunk in chunks:
                    text = gathering.take(chunk)
                    if text and not call.on_text(text):
                        break
        return gathering.answer()

    def helper(self, call):
        with client(call) as ours:
            with ours.chat.completions.stream(**body(call)) as events:
                return answer_of(events.get_final_completion())

    def shown(self, error):
        response = getattr(error, "response", None)
        return Shown(
            name=type(error).__name__,
            status=getattr(error, "status_code", None),
            code=getattr(error, "code", None),
            param=getattr(error, "param", None),
            request_id=getattr(error, "request_id", None),
            retry_after=None if response is None else response.headers.get("retry-after"),
            message=str(error),
        )


def client(call):
    retries = {} if call.max_retries is None else {"max_retries": call.max_retries}
    return openai.OpenAI(base_url=call.base, api_key=call.key, **retries)
