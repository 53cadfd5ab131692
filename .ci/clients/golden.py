"""Is what `muster serve` writes what a Splunk writes?

The recorded answers of a real Splunk (--recorded, a folder of conversations, one JSON object a line) and ours are read
as XML and compared family by family: paths of elements, their attributes, and the names of the keys of an entry. An
element or attribute that the recordings have not is a failure; one that we lack is a failure unless it is named below.
Keys that we lack are counted and listed with -v: they are settings of things that are not here.
"""

import argparse
import collections
import glob
import json
import os
import re
import xml.etree.ElementTree as tree

import requests

from served import PASSWORD, TOKEN, Checks, Server

ATOM = "{http://www.w3.org/2005/Atom}"

# What the recordings have and we do not, with the reason.
LACKING = {
    # CDATA and attributes of fields for editors: only an answer to `_new` has them.
    "feed/entry/content/eai:attributes",
    # Highlighting of terms, which later versions leave out in the API.
    "results/result/field/value@h",
    "results/result/field/v/sg",
    "results/result/field/v/sg@h",
    # The summary of a search, as messages of its log.
    "results/messages",
    # Only where there is something to say, or to show.
    "feed/s:messages/s:msg",
    "feed/entry/published",
}

# What newer versions write and the recorded one did not.
NEWER = {
    # Entries of properties have authors and an access control list as all others.
    "feed properties": ("feed/entry/author", "feed/link", "feed/opensearch:", "feed/s:messages", "feed/entry/content"),
}


def short(tag):
    return tag.replace(ATOM, "").replace("{http://dev.splunk.com/ns/rest}", "s:").replace(
        "{http://a9.com/-/spec/opensearch/1.1/}", "opensearch:"
    )


def family(root):
    """What kind of answer this is."""
    name = short(root.tag)
    if name == "feed":
        title = root.findtext(f"{ATOM}title") or ""
        identity = root.findtext(f"{ATOM}id") or ""
        for part in ("data/indexes", "saved/searches", "server/info", "server/settings", "apps/local", "configs/conf-", "messages", "properties"):
            if part in identity:
                return f"feed {part}"
        return f"feed {title}"
    if name == "entry":
        return "entry of a job"
    if name == "response":
        return "response " + " ".join(sorted({short(child.tag) for child in root}))
    return name


def shape(element, path="", found=None):
    """Paths and attributes; what is inside the dictionaries of an entry is left to its keys."""
    found = set() if found is None else found
    path = f"{path}/{short(element.tag)}".strip("/")
    found.add(path)
    found.update(f"{path}@{short(name)}" for name in element.attrib)
    if not path.endswith("/s:dict"):
        for child in element:
            shape(child, path, found)
    return found


def keys(root):
    """The names of the keys of entries, and the `rel` of their links."""
    names = set()
    for content in root.iter(f"{ATOM}content"):
        for dictionary in content:
            names.update(key.get("name") for key in dictionary)
    return names


class Families:
    def __init__(self):
        self.shapes, self.keys = collections.defaultdict(set), collections.defaultdict(set)
        self.messages = set()

    def add(self, status, body):
        try:
            # The recorder cut some bodies; what is no XML as a whole says nothing.
            root = tree.fromstring(body)
        except tree.ParseError:
            return
        name = family(root)
        self.shapes[name] |= shape(root)
        self.keys[name] |= keys(root)
        for message in root.iter("msg"):
            text = re.sub(r"(id|name)=\S+", r"\1=…", message.text or "")
            self.messages.add((status, message.get("type"), re.sub(r"\d+ key", "N key", text)))


def recorded(folder):
    families = Families()
    for path in sorted(glob.glob(os.path.join(folder, "*.jsonl"))):
        with open(path) as lines:
            for line in lines:
                answer = json.loads(line)
                families.add(answer["status"], answer["body"])
    return families


def ours(server):
    families = Families()
    auth = ("admin", PASSWORD)

    def ask(method, path, auth=auth, **data):
        answer = requests.request(method, f"{server.api}{path}", data=data or None, auth=auth, timeout=60)
        families.add(answer.status_code, answer.content)
        return answer.content

    ask("POST", "/services/auth/login", auth=None, username="admin", password=PASSWORD)
    ask("POST", "/services/auth/login", auth=None, username="admin", password="wrong")
    requests.post(
        f"{server.hec}/services/collector",
        data='{"event": "one user=ann", "sourcetype": "golden"}{"event": "two user=bob", "sourcetype": "golden"}',
        headers={"Authorization": f"Splunk {TOKEN}"},
        timeout=30,
    )
    for path in ("server/info", "server/settings", "data/indexes", "data/indexes/main", "apps/local", "saved/searches", "messages"):
        ask("GET", f"/services/{path}")
    for path in ("data/indexes/nothing", "saved/searches/nothing", "apps/local/nothing", "search/jobs/1.1", "properties/props/nothing"):
        ask("GET", f"/services/{path}")
    ask("POST", "/services/data/indexes", name="golden")
    ask("POST", "/services/saved/searches", name="golden", search="search index=main")
    ask("GET", "/services/saved/searches/golden")
    ask("POST", "/services/properties/macros/golden", definition="x")
    ask("GET", "/services/configs/conf-macros")
    ask("GET", "/services/properties/macros")
    ask("POST", "/services/receivers/simple", **{"": "text"})
    made = ask("POST", "/services/search/jobs", search="search index=main user=*", exec_mode="blocking")
    sid = tree.fromstring(made).findtext("sid")
    ask("GET", f"/services/search/jobs/{sid}")
    ask("GET", f"/services/search/jobs/{sid}/results")
    ask("POST", f"/services/search/jobs/{sid}/control", action="cancel")
    ask("POST", "/services/search/jobs", search="invalidpartsearch")
    return families


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--muster", required=True)
    parser.add_argument("--recorded", required=True)
    parser.add_argument("-v", action="store_true")
    arguments = parser.parse_args()
    checks = Checks()
    theirs = recorded(arguments.recorded)
    with Server(arguments.muster, tls=False) as server:
        mine = ours(server)
    # All feeds of entries have one shape; the recordings have some families only without entries.
    feeds = set().union(*(shapes for name, shapes in theirs.shapes.items() if name.startswith("feed")))
    for name, shapes in sorted(mine.shapes.items()):
        if name not in theirs.shapes:
            print(f"{name}: not recorded")
            continue
        known = theirs.shapes[name]
        newer = NEWER.get(name, ())
        more = sorted(path for path in shapes - known - (feeds if name.startswith("feed") else set()) if not path.startswith(newer or "-"))
        less = sorted(path for path in known - shapes if not any(path.startswith(lacking) for lacking in LACKING))
        if name.startswith("feed") and "feed/entry" not in shapes:
            less = [path for path in less if not path.startswith("feed/entry")]
        checks.same(f"{name}: what the recordings have not", more, [])
        checks.same(f"{name}: what we lack", less, [])
        missing, added = theirs.keys[name] - mine.keys[name], mine.keys[name] - theirs.keys[name]
        print(f"{name}: {len(theirs.keys[name] & mine.keys[name])} keys of {len(theirs.keys[name])}, {len(added)} that are newer")
        if arguments.v:
            print("   lacking:", ", ".join(sorted(missing)))
            print("   newer:", ", ".join(sorted(added)))
    wanted = {message for message in theirs.messages if any(word in message[2] for word in ("Unknown s", "Could not find object", "cancelled", "Login failed", "N key", "does not exist"))}
    wanted = {m for m in wanted if "setup.xml" not in m[2]}
    checks.same("texts of messages that we do not give", sorted(wanted - mine.messages), [])
    checks.end()


if __name__ == "__main__":
    main()
