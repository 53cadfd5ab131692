"""The official Python SDK against `muster serve`: what its documentation shows, call by call."""

import argparse
import json
import time

import splunklib.client as client
import splunklib.results as results
from splunklib.binding import AuthenticationError, HTTPError

from served import PASSWORD, Checks, Server


def rows(stream):
    """The rows of a JSON stream, without messages."""
    return [row for row in results.JSONResultsReader(stream) if isinstance(row, dict)]


def connect(server, **more):
    return client.connect(host="127.0.0.1", port=server.api_port, username="admin", password=PASSWORD, **more)


def status_of(function):
    try:
        function()
        return None
    except HTTPError as why:
        return why.status


def server_and_session(server, checks):
    service = connect(server)
    checks.check("connect opens a session", service.token.startswith("Splunk "))
    checks.same("version of the API", service.splunk_version[0], 9)
    checks.check("v2 of the job endpoints", not service.disable_v2_api)
    checks.same("server name", service.info["serverName"], "muster")
    checks.check("licence", service.info["licenseState"] == "OK")
    checks.check("no restart is required", not service.restart_required)
    checks.same("no messages", len(service.messages.list()), 0)
    checks.check("capabilities", "search" in service.capabilities)
    checks.check("settings", service.settings["serverName"] == "muster")
    checks.check("KV store is ready", service.kvstore_owner == "nobody")
    checks.check("apps", "search" in [app.name for app in service.apps])
    checks.same("an app by name", service.apps["search"].name, "search")
    checks.check("an app that is not there", "nonsense" not in service.apps)
    checks.check("users", service.users["admin"].name == "admin")
    checks.check("roles", {"admin", "can_delete"} <= {role.name for role in service.roles})
    token = service.token
    again = client.Service(host="127.0.0.1", port=server.api_port, token=token)
    checks.same("a session is used again", again.info["serverName"], "muster")
    bearer = client.Service(host="127.0.0.1", port=server.api_port, splunkToken=token.removeprefix("Splunk "))
    checks.same("a token as Bearer", bearer.info["serverName"], "muster")
    basic = client.connect(host="127.0.0.1", port=server.api_port, username="admin", password=PASSWORD, basic=True)
    checks.same("HTTP Basic", basic.info["serverName"], "muster")
    try:
        client.connect(host="127.0.0.1", port=server.api_port, username="admin", password="wrong")
        checks.check("a wrong password", False)
    except AuthenticationError:
        checks.check("a wrong password", True)
    return service


def indexes_and_inputs(service, checks):
    checks.check("main is there", "main" in service.indexes)
    index = service.indexes.create("sdk_test")
    checks.same("a new index", index.name, "sdk_test")
    checks.same("it is there already", status_of(lambda: service.indexes.create("sdk_test")), 409)
    checks.same("a name that is none", status_of(lambda: service.indexes.create("../etc")), 400)
    checks.same("it is empty", index["totalEventCount"], "0")
    index.update(maxTotalDataSizeMB=1000)
    checks.same("a setting of it", index.refresh()["maxTotalDataSizeMB"], "1000")
    index.submit("first event user=ann", sourcetype="plain", host="h1", source="s1")
    service.post("/services/receivers/simple", index="sdk_test", sourcetype="plain", body="2024-05-01 10:00:00 second event user=bob\n2024-05-01 10:00:01 third event user=cid\n")
    deadline = time.time() + 10
    while index.refresh()["totalEventCount"] != "3" and time.time() < deadline:
        time.sleep(0.1)
    checks.same("what was submitted is counted", index["totalEventCount"], "3")
    hec = service.inputs.create("sdk-token", "http", index="sdk_test", useACK=True)
    checks.check("a new token", len(hec["token"]) == 36)
    checks.same("it has indexer acknowledgment", hec["useACK"], "1")
    same = client.Input(service, "/servicesNS/nobody/splunk_httpinput/data/inputs/http/http:%2F%2Fsdk-token", "http")
    checks.same("the token by its path", same["token"], hec["token"])
    hec.disable()
    checks.same("disabled", hec.refresh()["disabled"], "1")
    hec.enable()
    checks.same("enabled", hec.refresh()["disabled"], "0")
    hec.delete()
    checks.same("a token is gone", status_of(lambda: same.refresh()), 404)
    return index


def jobs(service, checks):
    job = service.jobs.create("search index=sdk_test | sort user | table user", exec_mode="normal")
    while not job.is_done():
        time.sleep(0.05)
    checks.same("a normal job", job["resultCount"], "3")
    checks.same("its state", (job["dispatchState"], job["isFailed"]), ("DONE", "0"))
    got = rows(job.results(output_mode="json"))
    checks.same("its rows", [row["user"] for row in got], ["ann", "bob", "cid"])
    checks.same("a page", [r["user"] for r in rows(job.results(output_mode="json", count=1, offset=1))], ["bob"])
    checks.same("XML results", len(list(ordered(job.results()))), 3)
    checks.check("CSV results", job.results(output_mode="csv").read().decode().startswith("user\nann\n"))
    checks.same("json_rows", json.loads(job.results(output_mode="json_rows").read())["rows"], [["ann"], ["bob"], ["cid"]])
    checks.same("preview", len(rows(job.preview(output_mode="json"))), 3)
    checks.check("the log", b"DONE" in job.searchlog().read())
    checks.check("the summary", b"field k='user'" in job.summary().read())
    checks.check("the timeline", b"timeline" in job.timeline().read())
    job.set_ttl(900)
    checks.check("ttl", int(job.refresh()["ttl"]) > 800)
    job.touch()
    job.finalize()
    checks.check("a job in the list", job.sid in [j.sid for j in service.jobs.list()])
    checks.same("a job by sid", service.job(job.sid).sid, job.sid)
    job.cancel()
    checks.same("a cancelled job is gone", status_of(lambda: service.job(job.sid)), 404)
    blocking = service.jobs.create("search index=sdk_test user=a*", exec_mode="blocking")
    checks.same("a blocking job", blocking["eventCount"], "1")
    event = rows(blocking.events(output_mode="json"))[0]
    checks.same("events", (event["_raw"], event["host"], event["index"]), ("first event user=ann", "h1", "sdk_test"))
    checks.check("times are ISO", event["_time"].endswith("+00:00"))
    one = rows(service.jobs.oneshot('| makeresults | eval m=split("a,b", ",") | table m', output_mode="json"))
    checks.same("oneshot, with a multivalue", one, [{"m": ["a", "b"]}])
    checks.same("a oneshot of no rows", rows(service.jobs.oneshot("search index=sdk_test nothing", output_mode="json")), [])
    exported = rows(service.jobs.export("search index=sdk_test | stats count", output_mode="json"))
    checks.same("export", exported, [{"count": "3"}])
    limited = rows(service.jobs.oneshot("search index=sdk_test", earliest_time="0", latest_time="1", output_mode="json"))
    checks.same("a time range", limited, [])
    checks.same("a search that is none", status_of(lambda: service.jobs.create("search index=main | nonsense")), 400)
    checks.same("a search that fails has a message", wrong_search(service), "Unknown search command 'nonsense'.")
    checks.same("the parser", service.parse("search index=main | head 1").status, 200)
    checks.same("the parser on nonsense", status_of(lambda: service.parse("nonsense nonsense")), 400)
    reader = results.JSONResultsReader(service.jobs.oneshot("| makeresults count=120000 | stats count", output_mode="json"))
    checks.same("a large one", [r for r in reader if isinstance(r, dict)], [{"count": "120000"}])
    many = service.jobs.oneshot("| makeresults count=60000 | streamstats count as n | table n", output_mode="json", count=0)
    checks.same("all rows with count=0", len(rows(many)), 60000)


def ordered(stream):
    import xml.etree.ElementTree

    return xml.etree.ElementTree.fromstring(stream.read()).iter("result")


def wrong_search(service):
    try:
        service.jobs.create("search index=main | nonsense", output_mode="json")
    except HTTPError as why:
        return json.loads(why.body)["messages"][0]["text"]


def saved_searches(service, checks):
    name = "sdk saved / search"
    saved = service.saved_searches.create(name, "search index=sdk_test | stats count", description="mine")
    checks.same("a saved search", saved["search"], "search index=sdk_test | stats count")
    checks.check("it is in the list", name in [s.name for s in service.saved_searches.list()])
    checks.same("it is there already", status_of(lambda: service.saved_searches.create(name, "search *")), 409)
    job = saved.dispatch()
    while not job.is_done():
        time.sleep(0.05)
    checks.same("dispatch", rows(job.results(output_mode="json")), [{"count": "3"}])
    checks.check("history", job.sid in [j.sid for j in saved.history()])
    saved.update(description="yours", is_scheduled=True, cron_schedule="15 4 * * 6")
    checks.same("update", saved.refresh()["description"], "yours")
    checks.same("suppression", saved.suppressed, 0)
    saved.disable()
    checks.same("disable", saved.refresh()["disabled"], "1")
    saved.enable()
    saved.delete()
    checks.check("it is gone", name not in service.saved_searches)


def configuration(service, checks):
    confs = service.confs
    checks.check("props is a file", "props" in confs)
    stanza = confs["props"].create("sdk_type", KV_MODE="none", **{"EVAL-twice": "x*2"})
    checks.same("a new stanza", stanza["KV_MODE"], "none")
    stanza.submit({"KV_MODE": "auto"})
    checks.same("a setting of it", stanza.refresh()["KV_MODE"], "auto")
    got = rows(service.jobs.oneshot('| makeresults | eval _raw="x=21", sourcetype="sdk_type" | extract | table x', output_mode="json"))
    checks.same("searches run over it", got, [{"x": "21"}])
    confs["props"].delete("sdk_type")
    checks.check("it is gone", "sdk_type" not in [s.name for s in confs["props"].list()])
    confs.create("sdk_own")
    checks.check("a new file", "sdk_own" in confs)
    value = service.post("properties/sdk_own/part/key", value="word")
    checks.check("a property", b"modified 1 key" in value.body.read())
    checks.same("its value", service.get("properties/sdk_own/part/key").body.read(), b"word")
    macro = service.macros.create("sdk_macro(1)", "index=sdk_test user=$who$", args="who")
    checks.same("a macro", macro.definition, "index=sdk_test user=$who$")
    found = rows(service.jobs.oneshot("search `sdk_macro(bob)` | table user", output_mode="json"))
    checks.same("it is expanded", found, [{"user": "bob"}])
    macro.update("index=sdk_test user!=$who$")
    found = rows(service.jobs.oneshot("search `sdk_macro(bob)` | stats count", output_mode="json"))
    checks.same("a changed macro", found, [{"count": "2"}])
    macro.delete()
    checks.check("a macro is gone", "sdk_macro(1)" not in [m.name for m in service.macros.list()])
    service.event_types.create("sdk_event_type", search="index=sdk_test user=ann")
    found = rows(service.jobs.oneshot("search eventtype=sdk_event_type index=sdk_test | table user", output_mode="json"))
    checks.same("an event type", found, [{"user": "ann"}])
    service.event_types.delete("sdk_event_type")


def kv_store(service, checks):
    service.namespace.owner, service.namespace.app = "nobody", "search"
    collection = service.kvstore.create("sdk_people", fields={"name": "string", "age": "number"})
    collection = service.kvstore["sdk_people"]
    key = collection.data.insert({"name": "ann", "age": 41})["_key"]
    checks.same("a document", collection.data.query_by_id(key)["name"], "ann")
    saved = collection.data.batch_save({"_key": "b", "name": "bob", "age": 30}, {"_key": "c", "name": "cid", "age": 35})
    checks.same("batch_save", saved, ["b", "c"])
    older = collection.data.query(query={"age": {"$gt": 32}}, sort="age:-1", fields="name")
    checks.same("query, sort, fields", [d["name"] for d in older], ["ann", "cid"])
    checks.same("limit and skip", [d["name"] for d in collection.data.query(sort="name", limit=1, skip=1)], ["bob"])
    checks.same("batch_find", len(collection.data.batch_find({"query": {"name": "ann"}}, {"query": {}})[1]), 3)
    collection.data.update("b", {"name": "bea", "age": 31})
    checks.same("update", collection.data.query_by_id("b")["name"], "bea")
    service.confs["transforms"].create("sdk_lookup", external_type="kvstore", collection="sdk_people", fields_list="_key,name,age")
    search = "| inputlookup sdk_lookup | sort name | table name"
    found = [row["name"] for row in rows(service.jobs.oneshot(search, output_mode="json"))]
    checks.same("a lookup over the collection", found, ["ann", "bea", "cid"])
    write = '| makeresults | eval _key="z", name="zoe" | table _key name | outputlookup append=t sdk_lookup'
    rows(service.jobs.oneshot(write, output_mode="json"))
    checks.same("outputlookup writes documents", collection.data.query(query={"name": "zoe"})[0]["_key"], "z")
    checks.same("a document that is not there", status_of(lambda: collection.data.query_by_id("none")), 404)
    collection.data.delete(json.dumps({"name": "cid"}))
    collection.data.delete_by_id("b")
    checks.same("delete", sorted(d["name"] for d in collection.data.query()), ["ann", "zoe"])
    service.confs["transforms"].delete("sdk_lookup")
    collection.delete()
    checks.check("a collection is gone", "sdk_people" not in service.kvstore)
    service.namespace.owner = service.namespace.app = None


def the_end(service, index, checks):
    deleted = rows(service.jobs.oneshot("search index=sdk_test user=ann | delete", output_mode="json"))
    checks.same("| delete", [r["deleted"] for r in deleted if r["index"] == "sdk_test"], ["1"])
    checks.same("it is not found any more", rows(service.jobs.oneshot("search index=sdk_test | stats count", output_mode="json")), [{"count": "2"}])
    index.clean(timeout=10)
    checks.same("clean empties an index", index.refresh()["totalEventCount"], "0")
    service.indexes.delete("sdk_test")
    checks.check("an index is gone", "sdk_test" not in service.indexes)
    role = service.roles.create("sdk_role", imported_roles=["user"])
    checks.same("a new role", role.name, "sdk_role")
    service.roles.delete("sdk_role")
    service.logout()
    checks.same("after logout", status_of(lambda: service.get("apps/local")), 401)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--muster", required=True)
    arguments = parser.parse_args()
    checks = Checks()
    with Server(arguments.muster) as server:
        service = server_and_session(server, checks)
        index = []
        checks.step("indexes and inputs", lambda: index.append(indexes_and_inputs(service, checks)) is None)
        checks.step("jobs", lambda: jobs(service, checks) is None)
        checks.step("saved searches", lambda: saved_searches(service, checks) is None)
        checks.step("configuration", lambda: configuration(service, checks) is None)
        checks.step("KV store", lambda: kv_store(service, checks) is None)
        checks.step("the end", lambda: the_end(service, index[0], checks) is None)
        checks.same("Ctrl-C ends it", server.stop(), 0)
    checks.end()


if __name__ == "__main__":
    main()
