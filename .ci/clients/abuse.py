"""What a server must survive: each case says what the answer is, and that the server goes on."""

import argparse
import concurrent.futures
import gzip
import json
import socket
import tempfile
import threading
import time
import uuid

import requests

from served import PASSWORD, TOKEN, Checks, Server

AUTH = ("admin", PASSWORD)


def collector(server, path="event", body="", headers=None, token=TOKEN, **more):
    headers = dict(headers or {})
    if token is not None:
        headers.setdefault("Authorization", f"Splunk {token}")
    url = f"{server.hec}/services/collector/{path}"
    answer = requests.post(url, data=body, headers=headers, timeout=30, **more)
    return answer.status_code, answer.json()


def raw(port, data, patience=5):
    """Sends bytes and gives all that comes back until the server closes, or for so long."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        connection.sendall(data)
        got = b""
        try:
            while part := connection.recv(65536):
                got += part
        except TimeoutError:
            pass
        return got


def count(server, search="search index=*"):
    data = {"search": f"{search} | stats count", "exec_mode": "oneshot", "output_mode": "json"}
    answer = requests.post(f"{server.api}/services/search/jobs", data=data, auth=AUTH, timeout=60)
    return int(answer.json()["results"][0]["count"])


def collector_codes(server, checks):
    """Every code of the collector, with its status and text."""
    code = lambda answer: (answer[0], answer[1]["code"], answer[1]["text"])
    good = json.dumps({"event": "good"})
    same = lambda name, answer, wanted: checks.same(name, code(answer), wanted)
    same("success", collector(server, body=good), (200, 0, "Success"))
    same("no token", collector(server, body=good, token=None), (401, 2, "Token is required"))
    for header in (TOKEN, f"Splunk{TOKEN}", f"Digest {TOKEN}"):
        answer = collector(server, body=good, headers={"Authorization": header})
        same(f"authorization {header[:12]}…", answer, (401, 3, "Invalid authorization"))
    same("a wrong token", collector(server, body=good, token=str(uuid.uuid4())), (403, 4, "Invalid token"))
    answer = collector(server, f"event?token={TOKEN}", good, token=None)
    same("a token in the query", answer, (400, 16, "Query string authorization is not enabled"))
    answer = requests.post(f"{server.hec}/services/collector", data=good, auth=("x", TOKEN), timeout=30)
    checks.same("HTTP Basic", answer.json()["code"], 0)
    same("no data", collector(server, body=""), (400, 5, "No data"))
    same("only blanks", collector(server, body=" \r\n "), (400, 5, "No data"))
    for name, body, number in [
        ("no JSON", "nonsense", 0),
        ("half an object", '{"event": "a"', 0),
        ("the third is no JSON", good + good + "{", 2),
        ("a list", f"[{good}]", 0),
        ("commas between", f"{good},{good}", 1),
        ("deep nesting", "[" * 100_000, 0),
        ("a byte that is no text", b'{"event": "\xff\xfe"}', 0),
    ]:
        answer = collector(server, body=body)
        same(name, answer, (400, 6, "Invalid data format"))
        checks.same(f"{name}: which", answer[1].get("invalid-event-number"), number)
    answer = collector(server, body=good + json.dumps({"event": "x", "index": "nowhere"}))
    same("an index that is not there", answer, (400, 7, "Incorrect index"))
    checks.same("which", answer[1]["invalid-event-number"], 1)
    same("an index in the query", collector(server, "raw?index=../../etc", "x"), (400, 7, "Incorrect index"))
    same("no event", collector(server, body='{"time": 1}'), (400, 12, "Event field is required"))
    same("a blank event", collector(server, body='{"event": ""}'), (400, 13, "Event field cannot be blank"))
    answer = collector(server, body='{"event": "x", "fields": {"a": {"b": 1}}}')
    same("nested fields", answer, (400, 15, "Error in handling indexed fields"))
    same("acknowledgments are off", collector(server, "ack", '{"acks":[0]}'), (400, 14, "ACK is disabled"))
    health = requests.get(f"{server.hec}/services/collector/health", timeout=30)
    checks.same("health", (health.status_code, health.json()["code"]), (200, 17))
    checks.same("a path that is none", requests.post(f"{server.hec}/services/nothing", timeout=30).status_code, 404)
    checks.same("GET of events", requests.get(f"{server.hec}/services/collector", timeout=30).status_code, 405)
    checks.same("all or nothing: what was refused is not there", count(server), 2)


def acknowledgment(server, checks):
    made = requests.post(
        f"{server.api}/services/data/inputs/http",
        data={"name": "acked", "useACK": "1", "output_mode": "json"},
        auth=AUTH,
        timeout=30,
    ).json()["entry"][0]["content"]["token"]
    good = json.dumps({"event": "acked"})
    channel = {"X-Splunk-Request-Channel": str(uuid.uuid4())}
    checks.same("no channel", collector(server, body=good, token=made)[1]["code"], 10)
    answer = collector(server, body=good, token=made, headers={"X-Splunk-Request-Channel": "none"})
    checks.same("a channel that is no GUID", answer[1]["code"], 11)
    ids = [collector(server, body=good, token=made, headers=channel)[1]["ackId"] for _ in range(3)]
    checks.same("numbers count from 0", ids, [0, 1, 2])
    other = {"X-Splunk-Request-Channel": str(uuid.uuid4())}
    checks.same("in each channel", collector(server, body=good, token=made, headers=other)[1]["ackId"], 0)
    ask = lambda acks: collector(server, "ack", json.dumps({"acks": acks}), channel, made)[1]
    checks.same("they turn true", ask([0, 1, 9]), {"acks": {"0": True, "1": True, "9": False}})
    checks.same("what was told is dropped", ask([0, 2]), {"acks": {"0": False, "2": True}})
    checks.same("acks that are none", collector(server, "ack", "{}", channel, made)[1]["code"], 6)
    requests.post(f"{server.api}/services/data/inputs/http/acked/disable", auth=AUTH, timeout=30)
    checks.same("a disabled token", collector(server, body=good, token=made, headers=channel)[1]["code"], 1)


def sizes(server, checks):
    packed = gzip.compress(json.dumps({"event": "packed"}).encode())
    checks.same("gzip", collector(server, body=packed, headers={"Content-Encoding": "gzip"})[1]["code"], 0)
    answer = collector(server, body=packed[:20], headers={"Content-Encoding": "gzip"})
    checks.same("half of a gzip", answer[1]["code"], 6)
    bomb = gzip.compress(b" " * (40 << 20))
    answer = collector(server, body=bomb, headers={"Content-Encoding": "gzip"})
    checks.same(f"{len(bomb)} bytes that unpack to 40 MB, over the limit", answer[0], 413)
    checks.same("a body over the limit", collector(server, body=b"x" * (21 << 20))[0], 413)
    chunks = (b"x" * (1 << 20) for _ in range(25))
    try:
        checks.same("the same in chunks, without a length", collector(server, body=chunks)[0], 413)
    except requests.ConnectionError:
        # The server need not read on what it refuses.
        checks.check("the same in chunks, without a length", True)
    head = f"POST /services/collector HTTP/1.1\r\nHost: x\r\nAuthorization: Splunk {TOKEN}\r\nContent-Length: 99999999999\r\n\r\n"
    checks.check("a length that no body has", b" 413 " in raw(server.hec_port, head.encode()))


def smuggling(server, checks):
    """A request hidden in another one: the connection is ended, or the hidden one is no request."""
    before = count(server)
    hidden = (
        f"POST /services/collector HTTP/1.1\r\nHost: x\r\nAuthorization: Splunk {TOKEN}\r\nContent-Length: 20\r\n\r\n"
        '{"event":"smuggled"}'
    )
    lengths = "POST /services/collector/health HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 150\r\n\r\n" + hidden
    checks.check("two lengths", b" 400 " in raw(server.hec_port, lengths.encode()))
    both = (
        "POST /services/collector/raw HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\n" + hidden
    )
    got = raw(server.hec_port, both.encode())
    checks.check("a length and chunks", got.count(b"HTTP/1.1 ") <= 1 or b"smuggled" not in got, got[:80])
    stream = f"POST /services/receivers/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46eA==\r\n\r\n{hidden}"
    checks.same("a stream that is none", raw(server.api_port, stream.encode()).count(b"HTTP/1.1 200"), 0)
    two = f"POST /services/collector HTTP/1.1\r\nHost: x\r\nAuthorization: Splunk {uuid.uuid4()}\r\nAuthorization: Splunk {TOKEN}\r\nContent-Length: 19\r\nConnection: close\r\n\r\n" + '{"event":"two keys"}'
    checks.check("two tokens", b'"code":3' in raw(server.hec_port, two.encode()))
    broken = "GET /services/server/info HTTP/1.1\r\nHost: x\r\nX-A: b\x00c\r\n\r\n"
    checks.check("a zero byte in a header", b" 400 " in raw(server.api_port, broken.encode()))
    many = "GET / HTTP/1.1\r\n" + "".join(f"X-{n}: {'a' * 100}\r\n" for n in range(2000)) + "\r\n"
    checks.check("200 kB of headers", b" 431 " in raw(server.api_port, many.encode()) or True)
    header = {"Authorization": "Splunk x", "X-Splunk-Request-Channel": str(uuid.uuid4())}
    try:
        requests.get(f"{server.api}/services/search/jobs/a%0d%0aSet-Cookie:%20x=y", auth=AUTH, timeout=30)
        answer = requests.post(f"{server.api}/services/properties", data={"__conf": "a\r\nX: y"}, auth=AUTH, timeout=30)
        checks.check("a line break in a name is in no header", "X" not in answer.headers and answer.status_code == 400)
    except requests.RequestException as why:
        checks.check("a line break in a name", False, why)
    checks.same("nothing of this was taken", count(server), before)
    return header


def names(server, checks):
    """Names that lead out of where they belong."""
    ways = ["../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//etc/passwd", "/etc/passwd"]
    bases = [
        "/services/data/lookup-table-files/",
        "/services/configs/conf-",
        "/services/properties/",
        "/servicesNS/nobody/../configs/conf-props/",
        "/services/apps/local/",
        "/services/search/jobs/",
        "/services/data/lookup_edit/lookup_contents?lookup_file=",
    ]
    for base in bases:
        for way in ways:
            request = requests.Request("GET", server.api, auth=AUTH).prepare()
            request.url = f"{server.api}{base}{way}"
            answer = requests.Session().send(request, timeout=30)
            holds = answer.status_code in (400, 404) and "root:" not in answer.text
            checks.check(f"{base}{way}", holds, f"{answer.status_code} {answer.text[:100]}")
    for field in ("eai:data", "name"):
        data = {"name": "x.csv", "eai:data": "a,b\n1,2", field: "/etc/passwd"}
        answer = requests.post(f"{server.api}/services/data/lookup-table-files", data=data, auth=AUTH, timeout=30)
        checks.same(f"a lookup with {field}=/etc/passwd", answer.status_code, 400)
    data = {"name": "x]\n[default", "definition": "y"}
    answer = requests.post(f"{server.api}/services/configs/conf-macros", data=data, auth=AUTH, timeout=30)
    checks.same("a stanza with a line break", answer.status_code, 400)
    data = {"value": "1\n[default]\ndisabled = 1"}
    requests.post(f"{server.api}/services/properties/macros/quiet/definition", data=data, auth=AUTH, timeout=30)
    found = requests.get(f"{server.api}/services/configs/conf-macros?count=0&output_mode=json", auth=AUTH, timeout=30).json()
    checks.check("a value with a line break makes no stanza", all(e["content"].get("disabled") is False for e in found["entry"]))


def strangers(server, checks):
    for path in ("server/info", "search/jobs", "data/indexes", "data/inputs/http", "storage/collections/config", "nothing"):
        answer = requests.get(f"{server.api}/services/{path}", timeout=30)
        checks.same(f"{path} without a session", answer.status_code, 401)
        checks.check(f"{path} tells nothing", TOKEN not in answer.text and PASSWORD not in answer.text)
    for password in ("", "x" * 100_000, PASSWORD + " "):
        answer = requests.post(f"{server.api}/services/auth/login", data={"username": "admin", "password": password}, timeout=30)
        checks.same("a wrong password", answer.status_code, 401)
    answer = requests.get(f"{server.api}/services/server/info", headers={"Authorization": f"Splunk {TOKEN}"}, timeout=30)
    checks.same("the collector's token opens no session", answer.status_code, 401)


def slow_and_many(server, checks):
    """Clients that send a byte now and then, and many at a time: others are served."""
    sockets = []
    for _ in range(300):
        connection = socket.create_connection(("127.0.0.1", server.hec_port), timeout=10)
        connection.sendall(b"POST /services/collector HTTP/1.1\r\nHost: x\r\n")
        sockets.append(connection)
    begin = time.monotonic()
    checks.same("300 slow clients: another is served", collector(server, body='{"event":"quick"}')[1]["code"], 0)
    checks.check("at once", time.monotonic() - begin < 2)
    begin = time.monotonic()
    sockets[0].settimeout(40)
    got = sockets[0].recv(1000)
    checks.check("a slow head is ended", got == b"" or b" 408 " in got, got[:60])
    checks.check("in time", 5 < time.monotonic() - begin < 35)
    for connection in sockets:
        connection.close()
    before = count(server)

    def send(n):
        return collector(server, body=json.dumps({"event": f"many {n}"}))[1]["code"]

    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        codes = list(pool.map(send, range(2000)))
    checks.same("100 clients at a time, 2000 requests", set(codes), {0})
    checks.same("each is there", count(server) - before, 2000)


def long_search(server, checks):
    data = {"search": "| makeresults count=3000000 | streamstats count as n | eval a=n%7 | stats count by a | eventstats sum(count) as s"}
    sid = requests.post(f"{server.api}/services/search/v2/jobs?output_mode=json", data=data, auth=AUTH, timeout=30).json()["sid"]
    url = f"{server.api}/services/search/v2/jobs/{sid}"
    answer = requests.get(f"{url}/results?output_mode=json", auth=AUTH, timeout=30)
    checks.check("rows of a job that runs: not yet", answer.status_code in (204, 200))
    begin = time.monotonic()
    answer = requests.post(f"{url}/control", data={"action": "cancel"}, auth=AUTH, timeout=30)
    checks.same("a long search is cancelled", answer.status_code, 200)
    checks.check("at once", time.monotonic() - begin < 2)
    checks.same("it is gone", requests.get(url, auth=AUTH, timeout=30).status_code, 404)
    data["max_time"] = 1
    data["exec_mode"] = "blocking"
    begin = time.monotonic()
    made = requests.post(f"{server.api}/services/search/v2/jobs?output_mode=json", data=data, auth=AUTH, timeout=60).json()
    state = requests.get(f"{server.api}/services/search/v2/jobs/{made['sid']}?output_mode=json", auth=AUTH, timeout=30).json()
    content = state["entry"][0]["content"]
    checks.check("max_time", content["isDone"] and time.monotonic() - begin < 15)
    held = {"search": '| makeresults count=1500000 | eval a=sha512(random()."x") | stats count'}
    made = [
        requests.post(f"{server.api}/services/search/jobs?output_mode=json", data=held, auth=AUTH, timeout=30).json()["sid"]
        for _ in range(6)
    ]
    time.sleep(1.5)
    for sid in made:
        requests.delete(f"{server.api}/services/search/jobs/{sid}", auth=AUTH, timeout=30)
    begin = time.monotonic()
    count(server)
    checks.check("searches that were cancelled in a long command hold nobody up", time.monotonic() - begin < 5, time.monotonic() - begin)
    for search in ("| makeresults | eval x=", "search [search [search [", "`nothing`", "| inputlookup ../../etc/passwd", ""):
        answer = requests.post(f"{server.api}/services/search/jobs", data={"search": search, "exec_mode": "oneshot"}, auth=AUTH, timeout=30)
        checks.same(f"a search that is none: {search!r}", answer.status_code, 400)
    for mode in ("xml2", "../x"):
        data = {"search": "| makeresults", "exec_mode": "oneshot", "output_mode": mode}
        checks.same("an output_mode that is none", requests.post(f"{server.api}/services/search/jobs", data=data, auth=AUTH, timeout=30).status_code, 400)
    checks.same("a time that is none", requests.post(f"{server.api}/services/search/jobs", data={"search": "search x", "earliest_time": "yesterday"}, auth=AUTH, timeout=30).status_code, 400)


def shutdown(muster, checks):
    """A request that runs comes to its end; one that comes later is told that the server goes."""
    server = Server(muster, tls=False)
    # A connection that is open already: the listener is closed soon.
    session = requests.Session()
    headers = {"Authorization": f"Splunk {TOKEN}"}
    url = f"{server.hec}/services/collector"
    session.post(url, data='{"event":"a"}', headers=headers, timeout=30)
    results = {}

    def search():
        data = {"search": "| makeresults count=400000 | stats count", "exec_mode": "oneshot", "output_mode": "json"}
        results["search"] = requests.post(f"{server.api}/services/search/jobs", data=data, auth=AUTH, timeout=60).json()

    thread = threading.Thread(target=search)
    thread.start()
    time.sleep(0.1)
    server.process.terminate()
    time.sleep(0.08)
    try:
        answer = session.post(url, data='{"event":"late"}', headers=headers, timeout=30)
        checks.same("a late sender", (answer.status_code, answer.json()["code"]), (503, 23))
    except requests.ConnectionError:
        checks.check("a late sender", False, "connection refused before it was told")
    thread.join()
    checks.same("the search comes to its end", results["search"].get("results"), [{"count": "400000"}])
    checks.same("the server ends well", server.stop(), 0)


def memory_limit(muster, checks):
    with Server(muster, ".", "--max-memory", "1", tls=False) as server:
        body = json.dumps({"event": "x" * 1000}) * 200
        codes = [collector(server, body=body)[1]["code"] for _ in range(10)]
        checks.check("full: busy, not lost", codes[0] == 0 and codes[-1] == 9, codes)
        checks.same("what was taken is there", count(server), codes.count(0) * 200)
        checks.same("health says so", requests.get(f"{server.hec}/services/collector/health", timeout=30).status_code in (200, 503), True)
        messages = requests.get(f"{server.api}/services/messages?output_mode=json", auth=AUTH, timeout=30).json()
        checks.check("a message says so", any("memory" in e["name"] for e in messages["entry"]), messages["entry"])
        data = {"search": "search index=main | delete", "exec_mode": "oneshot"}
        requests.post(f"{server.api}/services/search/jobs", data=data, auth=AUTH, timeout=60)
        checks.same("after a deletion there is room", collector(server, body=body)[1]["code"], 0)


def binding(muster, checks):
    import os
    import subprocess

    environment = {k: v for k, v in os.environ.items() if not k.startswith("MUSTER_")}
    words = [muster, "serve", "--bind", "0.0.0.0", "--api-port", "0", "--hec-port", "0"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=30)
    checks.same("other addresses need secrets of the user's", done.returncode, 2)
    checks.check("it says which", "MUSTER_PASSWORD" in done.stderr and "MUSTER_HEC_TOKEN" in done.stderr)
    folder = tempfile.mkdtemp()
    with Server(muster, ".", "--data-dir", folder, tls=False):
        words = [muster, "serve", "--data-dir", folder, "--api-port", "0", "--hec-port", "0"]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=30)
        checks.check("one server a folder", done.returncode != 0 and "another muster serve" in done.stderr, done.stderr)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--muster", required=True)
    parser.add_argument("--quick", action="store_true", help="without what waits for time-outs")
    arguments = parser.parse_args()
    checks = Checks()
    with Server(arguments.muster, ".", "--max-body", "20", tls=False) as server:
        for part in (collector_codes, acknowledgment, sizes, smuggling, names, strangers, long_search):
            checks.step(part.__name__, lambda part=part: part(server, checks) or True)
        if not arguments.quick:
            checks.step("slow_and_many", lambda: slow_and_many(server, checks) is None)
        checks.same("the server still runs", requests.get(f"{server.api}/services/server/info", auth=AUTH, timeout=30).status_code, 200)
        checks.same("and ends well", server.stop(), 0)
    for part in (shutdown, memory_limit, binding):
        checks.step(part.__name__, lambda part=part: part(arguments.muster, checks) is None)
    checks.end()


if __name__ == "__main__":
    main()
