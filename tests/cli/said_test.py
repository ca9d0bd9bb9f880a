#!/usr/bin/env python3
"""said_test.py SOURCE: no text of the command line for people is in one language only, and both take the same values.

The compiler checks each text of say() against the arguments, but not that one of them leaves a value out, nor a text that
was never given to say(): every literal of two words or more that is printed or raised must stand in one.
"""
import pathlib
import re
import sys

PRINTS = re.compile(r"\b(?:printf|fprintf|puts|fputs|error_set|error_prefix)\(")
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
WORDS = re.compile(r"[^\W\d_]{2,}[ ,:;]+[^\W\d_]{2,}")
# What programs read: the line that scripts look for, and the scripts that we write ourselves.
EXEMPT = ["demo: ok", " taken=", " orders=", ".TH ABASTO"]
FILES_EXEMPT = {"completion.c"}
SAID = re.compile(r"(?<!\*)\bsay\((?!const)")
CONVERSION = re.compile(r"%(?:%|[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*)?)?(?:hh|h|ll|l|z|j|t)?[a-zA-Z])")
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|PRI[a-z0-9]+|,')


def closing(text, start):
    """The end of the call whose parenthesis opens at `start`; literals do not count."""
    depth, at = 0, start
    while True:
        if text[at] == '"':
            at = LITERAL.match(text, at).end()
            continue
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
        if depth == 0:
            return at


def without_said(call):
    while (said := re.search(r"\bsay\(", call)) is not None:
        call = call[:said.start()] + call[closing(call, said.end() - 1):]
    return call


def faults(path):
    text = path.read_text(encoding="utf-8")
    for call in PRINTS.finditer(text):
        end = closing(text, call.end() - 1)
        for literal in LITERAL.findall(without_said(text[call.start():end])):
            if WORDS.search(literal) and not any(known in literal for known in EXEMPT):
                yield f"{path.name}:{text.count(chr(10), 0, call.start()) + 1}: «{literal}»"


def conversions(path):
    """Pairs of say() that do not take the same values."""
    text = path.read_text(encoding="utf-8")
    for call in SAID.finditer(text):
        sides = [""]
        for token in TOKEN.findall(text[call.end():closing(text, call.end() - 1)]):
            if token == ",":
                sides.append("")
            else:
                sides[-1] += token[1:-1] if token[0] == '"' else "l" + token[3]
        if len(sides) != 2 or "" in sides:
            yield f"{path.name}: not a pair: {sides}"
        elif len({tuple(found for found in CONVERSION.findall(side) if found != "%%") for side in sides}) != 1:
            yield f"{path.name}: other values: {sides}"


def main():
    files = sorted((pathlib.Path(sys.argv[1]) / "cli").glob("*.c"))
    found = [fault for path in files if path.name not in FILES_EXEMPT for fault in faults(path)]
    found += [fault for path in files if path.name != "say.c" for fault in conversions(path)]
    said = sum(path.read_text(encoding="utf-8").count("say(") for path in files)
    assert said > 100, "hardly anything is said: is this the command line?"
    assert not found, "\n".join(["in one language only:", *found])


if __name__ == "__main__":
    main()
