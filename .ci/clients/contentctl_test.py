"""contentctl, unmodified, tests its own template detection against `muster serve`.

`contentctl init` makes an app in an empty folder; its template detection names a dataset that lies on the net, so the
test gets a local file with an event of our own. Then `contentctl test_servers` does all that it does with a Splunk:
indexes, roles, HEC with acknowledgment, the search, the deletion. With --integration it is told to test risk and
notables as well.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import tempfile

import requests
import yaml

from served import PASSWORD, Checks, Server

requests.packages.urllib3.disable_warnings()

# An event of Sysmon as Windows writes it: rundll32.exe starts 7z.exe.
FIELDS = {
    "RuleName": "-",
    "UtcTime": "2024-05-14 09:12:03.412",
    "ProcessGuid": "{5a3c1f20-2b13-6643-9d01-00000000c800}",
    "ProcessId": "4816",
    "Image": r"C:\Users\Public\7z.exe",
    "CommandLine": r'"C:\Users\Public\7z.exe" a C:\Users\Public\out.7z C:\Users\kim\Documents',
    "CurrentDirectory": "C:\\Users\\Public\\",
    "User": r"EXAMPLE\kim",
    "ParentProcessGuid": "{5a3c1f20-2b10-6643-9b01-00000000c800}",
    "ParentProcessId": "4300",
    "ParentImage": r"C:\Windows\System32\rundll32.exe",
    "ParentCommandLine": r"rundll32.exe C:\Users\Public\a.dll,Start",
}
SYSTEM = (
    "<Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385f-c22a-43e0-bf4c-06f5698ffbd9}'/><EventID>1</EventID>"
    "<Version>5</Version><Level>4</Level><Task>1</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>"
    "<TimeCreated SystemTime='2024-05-14T09:12:03.412Z'/><EventRecordID>77</EventRecordID><Correlation/>"
    "<Execution ProcessID='2100' ThreadID='2200'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel>"
    "<Computer>ws-04.example.com</Computer><Security UserID='S-1-5-18'/>"
)


def event():
    def escape(text):
        for plain, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
            text = text.replace(plain, escaped)
        return text

    data = "".join(f"<Data Name='{name}'>{escape(value)}</Data>" for name, value in FIELDS.items())
    return (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>"
        f"<System>{SYSTEM}</System><EventData>{data}</EventData></Event>\n"
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--muster", required=True)
    parser.add_argument("--contentctl", required=True)
    parser.add_argument("--integration", action="store_true")
    parser.add_argument("--keep", help="use this folder and leave it there")
    arguments = parser.parse_args()
    checks = Checks()
    folder = pathlib.Path(arguments.keep or tempfile.mkdtemp())
    folder.mkdir(exist_ok=True, parents=True)
    contentctl = os.path.abspath(arguments.contentctl)

    def run(*words, timeout=400):
        done = subprocess.run(
            [contentctl, *words], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout
        )
        if done.returncode != 0:
            print(done.stdout[-3000:], done.stderr[-3000:])
        return done

    if not (folder / "contentctl.yml").exists():
        checks.same("contentctl init", run("init").returncode, 0)
    data = folder / "sysmon.log"
    data.write_text(event())
    detections = list((folder / "detections").rglob("*.yml"))
    checks.same("the template has one detection", len(detections), 1)
    detection = yaml.safe_load(detections[0].read_text())
    for test in detection["tests"]:
        for one in test["attack_data"]:
            one["data"] = str(data)
    detections[0].write_text(yaml.safe_dump(detection, sort_keys=False))
    options = ["--es"] if arguments.integration else []
    with Server(os.path.abspath(arguments.muster), str(folder), *options) as server:
        info = f"127.0.0.1,admin,{PASSWORD},8000,{server.hec_port},{server.api_port}"
        words = ["test_servers", "--server-info", info, "--post-test-behavior", "never_pause", "--disable-tqdm"]
        if arguments.integration:
            words.append("--enable-integration-testing")
        done = run(*words)
        checks.same("contentctl test_servers", done.returncode, 0)
        summaries = list(folder.rglob("summary.yml"))
        checks.same("there is a summary", len(summaries), 1)
        if summaries:
            summary = yaml.safe_load(summaries[0].read_text())
            numbers = summary["summary"]
            print("total_pass", numbers["total_pass"], "of", numbers["total_detections"])
            checks.same("all detections have passed", (numbers["total_pass"], numbers["total_fail"]), (1, 0))
            checks.check("the run is a success", numbers["success"])
            for tested in summary["tested_detections"]:
                for test in tested["tests"]:
                    print(test["test_type"], test["status"], test.get("message", ""))
                    wanted = ("pass",) if arguments.integration or test["test_type"] == "unit" else ("pass", "skip")
                    checks.check(f"{test['test_type']} test", test["status"] in wanted, str(test)[:600])
        search = "search index=contentctl_testing_index | stats count"
        answer = requests.post(
            f"{server.api}/services/search/jobs",
            data={"search": search, "exec_mode": "oneshot", "output_mode": "json"},
            auth=("admin", PASSWORD),
            verify=False,
            timeout=30,
        )
        checks.same("its data was deleted", answer.json()["results"], [{"count": "0"}])
    if not arguments.keep:
        shutil.rmtree(folder)
    checks.end()


if __name__ == "__main__":
    main()
