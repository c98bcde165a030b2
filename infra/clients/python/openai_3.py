"""OpenAI's library for Python, major 3."""

from driver import run
from openai_library import KNOWS, Library

run(Library(KNOWS))
