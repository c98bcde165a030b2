"""OpenAI's library for Python, major 2."""

from driver import run
from openai_library import KNOWS, Library

run(Library(KNOWS))
