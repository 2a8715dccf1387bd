"""Tells what an interpreter is and which of some requirements it does not meet. Standard library only, Python 3.7+.

Arguments: one requirement each. Output: lines "key<TAB>value".
"""
import os
import re
import sys

FORM = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*(.*)$")
CLAUSE = re.compile(r"^(===|==|!=|~=|>=|<=|>|<)\s*([0-9][^\s]*)$")
PRE_RELEASE = re.compile(r"(a|b|c|rc|alpha|beta|pre|preview|dev)")


def key(version):
    """Release numbers, then 0 for a pre-release or 1."""
    version = version.split("+")[0].lower().lstrip("v")
    numbers = re.match(r"^[0-9]+(\.[0-9]+)*", version)
    release = [int(part) for part in numbers.group(0).split(".")] if numbers else []
    rest = version[len(numbers.group(0)):] if numbers else version
    while release and release[-1] == 0:
        release.pop()
    return release, 0 if PRE_RELEASE.search(rest) else 1


def meets(version, operator, wanted):
    if operator == "===":
        return version == wanted
    if wanted.endswith(".*"):
        prefix = [int(part) for part in wanted[:-2].split(".")]
        release = key(version)[0] + [0] * len(prefix)
        same = release[:len(prefix)] == prefix
        return same if operator == "==" else not same
    have, want = key(version), key(wanted)
    if operator == "~=":
        prefix = [int(part) for part in re.match(r"^[0-9]+(\.[0-9]+)*", wanted).group(0).split(".")[:-1]]
        release = have[0] + [0] * len(prefix)
        return have >= want and release[:len(prefix)] == prefix
    return {"==": have == want, "!=": have != want, ">=": have >= want,
            "<=": have <= want, ">": have > want, "<": have < want}[operator]


def is_met(requirement, versions):
    """False also for what is too rich to be judged here: URLs, markers, extras, files."""
    parsed = FORM.match(requirement)
    if not parsed or parsed.group(2):
        return False
    try:
        version = versions(parsed.group(1))
    except Exception:  # noqa: each way of not being there counts
        return False
    clauses = parsed.group(3).strip().strip("()")
    for clause in filter(None, (part.strip() for part in clauses.split(","))):
        form = CLAUSE.match(clause)
        if not form or not meets(version, form.group(1), form.group(2)):
            return False
    return True


def main():
    try:
        from importlib.metadata import version as versions
    except ImportError:
        versions = None
    print("executable\t" + (sys.executable or ""))
    print("version\t%d.%d.%d" % sys.version_info[:3])
    print("implementation\t" + sys.implementation.name)
    for folder in sys.path:
        if folder and os.path.isdir(folder):
            print("folder\t" + os.path.abspath(folder))
    try:
        import ensurepip, venv  # noqa: only whether they are there
        print("venv\tyes")
    except ImportError:
        print("venv\tno")
    for requirement in sys.argv[1:]:
        if versions is None or not is_met(requirement, versions):
            print("unmet\t" + requirement)


main()
