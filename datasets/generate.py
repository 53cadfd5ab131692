#!/usr/bin/env python3
"""Writes the datasets of this folder. Everything in them is invented.

    python3 datasets/generate.py

Only the standard library is used, and only random.random() with a fixed seed, so
that every run on every Python writes the same bytes. Names are from example
domains (RFC 2606), addresses from the documentation ranges (RFC 5737) and private
ones. The story: on 2024-05-14 jdoe works on ws-17; twice in between msiexec is used
to unregister a DLL (switch /z, then -z). Around it: ordinary installations and
removals with msiexec, and other programs whose command lines contain /z.
"""
import json
import os
import random
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))
ATTACK = os.path.join(HERE, "attack_techniques", "T1218.007", "msiexec_unregister")
XMLNS = "http://schemas.microsoft.com/win/2004/08/events/event"
HOST = "ws-17.corp.example"
DOMAIN_SID = "S-1-5-21-1085031214-1563985344-725345543"

# The two commands that the detection is about: (command line, image and command line of the parent)
CMD = r"C:\Windows\System32\cmd.exe"
POWERSHELL = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
MSIEXEC = r"C:\Windows\System32\msiexec.exe"
UNREGISTER = [
    (r'msiexec.exe /z "C:\Users\jdoe\AppData\Local\Temp\agent64.dll"', CMD, r'"C:\Windows\System32\cmd.exe"'),
    (r"msiexec.exe -z C:\ProgramData\Sensor\hook.dll", POWERSHELL, r"powershell.exe -NoProfile"),
]

# image, file version, description, product, company, original file name, integrity, account, parent image, command lines
MS, OS = "Microsoft Corporation", "Microsoft® Windows® Operating System"
PROGRAMS = [
    (r"C:\Windows\System32\notepad.exe", "10.0.19041.4355", "Notepad", OS, MS, "NOTEPAD.EXE", "Medium", "jdoe", r"C:\Windows\explorer.exe",
     [r'"C:\Windows\System32\notepad.exe" C:\Users\jdoe\Documents\minutes.txt', r'"C:\Windows\System32\notepad.exe" C:\Users\jdoe\Desktop\todo.txt']),
    (r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE", "16.0.17328.20184", "Microsoft Word", "Microsoft Office", MS, "WinWord.exe", "Medium", "jdoe", r"C:\Windows\explorer.exe",
     [r'"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE" /n "C:\Users\jdoe\Documents\offer 2024.docx" /o ""']),
    (r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE", "16.0.17328.20184", "Microsoft Excel", "Microsoft Office", MS, "Excel.exe", "Medium", "jdoe", r"C:\Windows\explorer.exe",
     [r'"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE" "C:\Users\jdoe\Documents\R&D budget.xlsx"']),
    (r"C:\Program Files\Google\Chrome\Application\chrome.exe", "124.0.6367.202", "Google Chrome", "Google Chrome", "Google LLC", "chrome.exe", "Medium", "jdoe", r"C:\Windows\explorer.exe",
     [r'"C:\Program Files\Google\Chrome\Application\chrome.exe"', r'"C:\Program Files\Google\Chrome\Application\chrome.exe" --type=utility --lang=en-US --service-sandbox-type=none']),
    (r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe", "124.0.2478.97", "Microsoft Edge", "Microsoft Edge", MS, "msedge.exe", "Medium", "jdoe", r"C:\Windows\explorer.exe",
     [r'"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --single-argument https://intranet.corp.example/news?page=1&lang=en']),
    (r"C:\Windows\System32\svchost.exe", "10.0.19041.3636", "Host Process for Windows Services", OS, MS, "svchost.exe", "System", "SYSTEM", r"C:\Windows\System32\services.exe",
     [r"C:\Windows\System32\svchost.exe -k netsvcs -p -s BITS", r"C:\Windows\system32\svchost.exe -k wsappx -p -s AppXSvc", r"C:\Windows\system32\svchost.exe -k LocalService -p"]),
    (r"C:\Windows\System32\robocopy.exe", "10.0.19041.3636", "Microsoft Robocopy", OS, MS, "robocopy.exe", "Medium", "jdoe", CMD,
     [r"robocopy.exe C:\Users\jdoe\Documents \\fs-01.corp.example\home\jdoe /MIR /Z /R:2", r"robocopy.exe D:\projects \\fs-01.corp.example\backup /E /z"]),
    (r"C:\Windows\System32\xcopy.exe", "10.0.19041.3636", "Extended Copy Utility", OS, MS, "XCOPY.EXE", "Medium", "jdoe", CMD,
     [r"xcopy.exe C:\Users\jdoe\Pictures \\fs-01.corp.example\pictures /E /Y /Z"]),
    (r"C:\Windows\System32\tar.exe", "3.6.2.0", "bsdtar archive tool", "bsdtar archive tool", "libarchive", "bsdtar.exe", "Medium", "jdoe", POWERSHELL,
     [r"tar.exe -zcf notes.tgz C:\Users\jdoe\Documents\notes"]),
    (MSIEXEC, "5.0.19041.3636", "Windows® installer", "Windows Installer - Unicode", MS, "msiexec.exe", "Medium", "jdoe", r"C:\Windows\explorer.exe",
     [r'"C:\Windows\System32\msiexec.exe" /i "C:\Users\jdoe\Downloads\reader_setup.msi"', r'"C:\Windows\System32\msiexec.exe" /i "C:\Users\jdoe\Downloads\planner-2.4.msi" /passive']),
    (MSIEXEC, "5.0.19041.3636", "Windows® installer", "Windows Installer - Unicode", MS, "msiexec.exe", "High", "jdoe", CMD,
     [r"msiexec.exe /x {7D1C0A55-6C6F-4E0B-9B37-2C44A7E0B1F3} /qn", r"msiexec /x {1F0E2F7A-52C4-4B7E-A9A0-8E5B0C3D9A11} /norestart"]),
    (MSIEXEC, "5.0.19041.3636", "Windows® installer", "Windows Installer - Unicode", MS, "msiexec.exe", "System", "SYSTEM", r"C:\Windows\System32\services.exe",
     [r"C:\Windows\system32\msiexec.exe /V"]),
    (CMD, "10.0.19041.3636", "Windows Command Processor", OS, MS, "Cmd.Exe", "Medium", "jdoe", r"C:\Windows\explorer.exe",
     [r'"C:\Windows\System32\cmd.exe"', r'C:\Windows\System32\cmd.exe /c "dir C:\Users\jdoe\Downloads > C:\Users\jdoe\list.txt"']),
    (POWERSHELL, "10.0.19041.3996", "Windows PowerShell", OS, MS, "PowerShell.EXE", "Medium", "jdoe", r"C:\Windows\explorer.exe",
     [r"powershell.exe -NoProfile", r'"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe" -File C:\Scripts\inventory.ps1']),
    (r"C:\Windows\System32\backgroundTaskHost.exe", "10.0.19041.3636", "Background Task Host", OS, MS, "backgroundTaskHost.exe", "AppContainer", "jdoe", r"C:\Windows\System32\svchost.exe",
     [r'"C:\Windows\system32\backgroundTaskHost.exe" -ServerName:App.AppXmtcan0h2tfbfy7k9kn8hbxb6dmzz1zh0.mca']),
    (r"C:\Windows\System32\conhost.exe", "10.0.19041.3996", "Console Window Host", OS, MS, "CONHOST.EXE", "Medium", "jdoe", CMD,
     [r"\??\C:\Windows\system32\conhost.exe 0xffffffff -ForceV1"]),
    (r"C:\Program Files\7-Zip\7zFM.exe", "23.01", "7-Zip File Manager", "7-Zip", "Igor Pavlov", "7zFM.exe", "Medium", "jdoe", r"C:\Windows\explorer.exe",
     [r'"C:\Program Files\7-Zip\7zFM.exe" "C:\Users\jdoe\Downloads\drawings.zip"']),
    (r"C:\Windows\System32\taskhostw.exe", "10.0.19041.3636", "Host Process for Windows Tasks", OS, MS, "taskhostw.exe", "Medium", "jdoe", r"C:\Windows\System32\svchost.exe",
     ["taskhostw.exe KEYROAMING", "taskhostw.exe Install $(Arg0)"]),
]
PARENT_LINES = {
    r"C:\Windows\explorer.exe": r"C:\Windows\Explorer.EXE", r"C:\Windows\System32\services.exe": r"C:\Windows\system32\services.exe",
    r"C:\Windows\System32\svchost.exe": r"C:\Windows\system32\svchost.exe -k netsvcs -p", CMD: r'"C:\Windows\System32\cmd.exe"',
    POWERSHELL: "powershell.exe -NoProfile",
}
DLLS = ["ntdll.dll", "kernel32.dll", "combase.dll", "clbcatq.dll", "propsys.dll", "mscoree.dll", "winhttp.dll", "msi.dll"]
PLACES = [("intranet.corp.example", "10.20.0.15", 443), ("mail.corp.example", "10.20.0.21", 443), ("fs-01.corp.example", "10.20.0.30", 445),
          ("www.example.com", "203.0.113.10", 443), ("cdn.example.net", "198.51.100.24", 443), ("updates.example.org", "192.0.2.80", 80)]
FILES = [r"C:\Users\jdoe\Documents\minutes.txt", r"C:\Users\jdoe\AppData\Local\Temp\~DF3A1B.tmp", r"C:\Users\jdoe\Downloads\reader_setup.msi",
         r"C:\Users\jdoe\AppData\Roaming\Microsoft\Windows\Recent\offer 2024.lnk", r"C:\Windows\Temp\MSI4f2a1.LOG", r"C:\Windows\Installer\5b3e11.msi"]
REGISTRY = [(r"HKU\{sid}\Software\Microsoft\Windows\CurrentVersion\Explorer\RecentDocs\MRUListEx", "Binary Data"),
            (r"HKLM\System\CurrentControlSet\Services\bam\State\UserSettings\{sid}\SequenceNumber", "DWORD (0x00000061)"),
            (r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UserData\S-1-5-18\Products\55A0C1D7\InstallProperties\DisplayName", "Reader"),
            (r"HKLM\System\CurrentControlSet\Services\W32Time\SecureTimeLimits\SecureTimeHigh", "QWORD (0x01daa5c3-0x1b2f6a80)"),
            (r"HKU\{sid}\Software\Microsoft\Office\16.0\Word\Reading Locations\Document 3\(Default)", "offer 2024.docx")]


class Dice:
    """Chance that is the same on every Python: only random.random() is promised to be."""

    def __init__(self, seed):
        self.source = random.Random(seed)

    def number(self, low, high):
        return low + int(self.source.random() * (high - low + 1))

    def pick(self, items):
        return items[self.number(0, len(items) - 1)]

    def hexadecimal(self, digits):
        return "".join("0123456789ABCDEF"[self.number(0, 15)] for _ in range(digits))


def stamp(time):
    """SystemTime of an event: 100 nanoseconds, and two zeros."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "700Z"


def xml_event(provider, guid, event, version, task, opcode, keywords, time, record, process, thread, channel, user, data, body=None, level=4, host=HOST):
    items = body if body is not None else "<EventData>" + "".join(f"<Data Name='{k}'>{escape(str(v))}</Data>" for k, v in data) + "</EventData>"
    security = f"<Security UserID='{user}'/>" if user else "<Security/>"
    return (f"<Event xmlns='{XMLNS}'><System><Provider Name='{provider}' Guid='{guid}'/><EventID>{event}</EventID><Version>{version}</Version>"
            f"<Level>{level}</Level><Task>{task}</Task><Opcode>{opcode}</Opcode><Keywords>{keywords}</Keywords><TimeCreated SystemTime='{stamp(time)}'/>"
            f"<EventRecordID>{record}</EventRecordID><Correlation/><Execution ProcessID='{process}' ThreadID='{thread}'/><Channel>{channel}</Channel>"
            f"<Computer>{host}</Computer>{security}</System>{items}</Event>")


class Machine:
    """A workstation on one day: it starts and ends processes, and writes what Sysmon, the audit and the sensor would."""

    def __init__(self, seed, begin, host=HOST):
        self.dice, self.time, self.host = Dice(seed), begin, host
        self.record, self.audit_record, self.live = 81204, 390211, []
        self.sysmon, self.security, self.falcon = [], [], []
        self.aid, self.cid = self.dice.hexadecimal(32).lower(), self.dice.hexadecimal(32).lower()
        self.pids = {}

    # -- small things

    def wait(self, seconds):
        self.time += timedelta(milliseconds=self.dice.number(200, seconds * 1000))

    def utc(self):
        return self.time.strftime("%Y-%m-%d %H:%M:%S.") + f"{self.time.microsecond // 1000:03}"

    def guid(self):
        return "{4C1A5E17-%s-6643-%s-00000000%s}" % (self.dice.hexadecimal(4), self.dice.hexadecimal(4), "0B00")

    def account(self, name):
        return r"NT AUTHORITY\SYSTEM" if name == "SYSTEM" else "CORP\\" + name

    def sid(self, name):
        return "S-1-5-18" if name == "SYSTEM" else DOMAIN_SID + "-1117"

    def hashes(self, image):
        own = Dice(sum(map(ord, image)))
        return f"MD5={own.hexadecimal(32)},SHA256={own.hexadecimal(64)},IMPHASH={own.hexadecimal(32)}"

    def parent_of(self, image):
        """A running process of this image, or the long-running one of that name."""
        for process in reversed(self.live):
            if process["image"].lower() == image.lower():
                return process
        if image not in self.pids:
            self.pids[image] = {"image": image, "line": PARENT_LINES[image], "pid": 4 * self.dice.number(150, 900), "guid": self.guid(),
                                "target": str(self.dice.number(10**9, 10**10)), "user": "SYSTEM" if "System32\\s" in image else "jdoe"}
        return self.pids[image]

    # -- the three recorders

    def sysmon_event(self, event, version, data):
        self.record += 1
        self.sysmon.append(xml_event("Microsoft-Windows-Sysmon", "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}", event, version, event, 0, "0x8000000000000000",
                                     self.time + timedelta(milliseconds=2), self.record, 2952, 3740, "Microsoft-Windows-Sysmon/Operational", "S-1-5-18",
                                     [("RuleName", "-")] + data, host=self.host))

    def audit_event(self, event, version, task, data, success=True):
        self.audit_record += 1
        self.security.append(xml_event("Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-A5BA-3E3B0328C30D}", event, version, task, 0,
                                       "0x8020000000000000" if success else "0x8010000000000000", self.time, self.audit_record, 4, 232, "Security", "", data,
                                       level=0, host=self.host))

    def falcon_event(self, name, version, data):
        common = {"event_simpleName": name, "name": f"{name}{version}", "aid": self.aid, "cid": self.cid, "aip": "198.51.100.77", "event_platform": "Win",
                  "id": f"{self.dice.hexadecimal(8)}-{self.dice.hexadecimal(4)}-4{self.dice.hexadecimal(3)}-8{self.dice.hexadecimal(3)}-{self.dice.hexadecimal(12)}".lower(),
                  "timestamp": str(int(self.time.timestamp() * 1000)), "ConfigBuild": "1007.3.0018207.1", "ConfigStateHash": "840884426",
                  "EffectiveTransmissionClass": "3", "Entitlements": "15"}
        common.update(data)
        self.falcon.append(json.dumps(common, ensure_ascii=False, separators=(",", ":")))

    # -- what happens

    def start(self, program, line=None, parent=None):
        image, version, text, product, company, original, integrity, user, parent_image, lines = program
        line = line or self.dice.pick(lines)
        parent = parent or self.parent_of(parent_image)
        process = {"image": image, "line": line, "pid": 4 * self.dice.number(1000, 6000), "guid": self.guid(), "user": user, "parent": parent,
                   "target": str(self.dice.number(10**9, 10**10)), "integrity": integrity}
        logon = "0x3e7" if user == "SYSTEM" else "0x5c2b1"
        self.sysmon_event(1, 5, [
            ("UtcTime", self.utc()), ("ProcessGuid", process["guid"]), ("ProcessId", process["pid"]), ("Image", image), ("FileVersion", version),
            ("Description", text), ("Product", product), ("Company", company), ("OriginalFileName", original), ("CommandLine", line),
            ("CurrentDirectory", "C:\\Windows\\system32\\" if user == "SYSTEM" else "C:\\Users\\jdoe\\"), ("User", self.account(user)),
            ("LogonGuid", "{4C1A5E17-1A2B-6643-%s}" % ("E703-000000000000" if user == "SYSTEM" else "B1C2-050000000000")), ("LogonId", logon),
            ("TerminalSessionId", 0 if user == "SYSTEM" else 1), ("IntegrityLevel", integrity), ("Hashes", self.hashes(image)),
            ("ParentProcessGuid", parent["guid"]), ("ParentProcessId", parent["pid"]), ("ParentImage", parent["image"]), ("ParentCommandLine", parent["line"]),
            ("ParentUser", self.account(parent["user"]))])
        self.audit_event(4688, 2, 13312, [
            ("SubjectUserSid", self.account(user)), ("SubjectUserName", "WS-17$" if user == "SYSTEM" else user), ("SubjectDomainName", "CORP"),
            ("SubjectLogonId", logon), ("NewProcessId", hex(process["pid"])), ("NewProcessName", image), ("TokenElevationType", "%%1936" if integrity in ("System", "High") else "%%1938"),
            ("ProcessId", hex(parent["pid"])), ("CommandLine", line), ("TargetUserSid", "NULL SID"), ("TargetUserName", "-"), ("TargetDomainName", "-"),
            ("TargetLogonId", "0x0"), ("ParentProcessName", parent["image"]), ("MandatoryLabel", "Mandatory Label\\%s Mandatory Level" % integrity)])
        level = {"System": "16384", "High": "12288", "Medium": "8192", "AppContainer": "4096"}[integrity]
        own = Dice(sum(map(ord, image)))
        self.falcon_event("ProcessRollup2", "V19", {
            "CommandLine": line, "ImageFileName": image.replace("C:", "\\Device\\HarddiskVolume3"), "ParentBaseFileName": parent["image"].rsplit("\\", 1)[1],
            "RawProcessId": str(process["pid"]), "TargetProcessId": process["target"], "ParentProcessId": parent["target"], "SourceProcessId": parent["target"],
            "UserSid": self.sid(user), "IntegrityLevel": level, "TokenType": "1", "SessionId": "0" if user == "SYSTEM" else "1", "ImageSubsystem": "2",
            "AuthenticationId": "999" if user == "SYSTEM" else "377521", "ParentAuthenticationId": "377521", "ProcessCreateFlags": "525332", "ProcessParameterFlags": "24577",
            "ProcessSxsFlags": "64", "SignInfoFlags": "8683538", "WindowFlags": "128", "MD5HashData": own.hexadecimal(32).lower(), "SHA256HashData": own.hexadecimal(64).lower(),
            "SHA1HashData": "0" * 40, "ProcessStartTime": f"{self.time.timestamp():.3f}", "ProcessEndTime": "", "Tags": "25, 27, 40, 151, 862"})
        self.live.append(process)
        return process

    def end(self, process):
        self.live.remove(process)
        self.sysmon_event(5, 3, [("UtcTime", self.utc()), ("ProcessGuid", process["guid"]), ("ProcessId", process["pid"]), ("Image", process["image"]),
                                 ("User", self.account(process["user"]))])
        self.audit_event(4689, 0, 13313, [
            ("SubjectUserSid", self.account(process["user"])), ("SubjectUserName", "WS-17$" if process["user"] == "SYSTEM" else process["user"]),
            ("SubjectDomainName", "CORP"), ("SubjectLogonId", "0x3e7" if process["user"] == "SYSTEM" else "0x5c2b1"), ("Status", "0x0"),
            ("ProcessId", hex(process["pid"])), ("ProcessName", process["image"])])
        self.falcon_event("EndOfProcess", "V15", {"RawProcessId": str(process["pid"]), "TargetProcessId": process["target"], "ContextTimeStamp": f"{self.time.timestamp():.3f}",
                                                  "ExitCode": "0", "UserTime": str(156250 * self.dice.number(0, 20)), "KernelTime": str(156250 * self.dice.number(0, 20))})

    def connect(self, process):
        name, address, port = self.dice.pick(PLACES)
        local = self.dice.number(49200, 65000)
        self.sysmon_event(22, 5, [("UtcTime", self.utc()), ("ProcessGuid", process["guid"]), ("ProcessId", process["pid"]), ("QueryName", name), ("QueryStatus", 0),
                                  ("QueryResults", f"::ffff:{address};"), ("Image", process["image"]), ("User", self.account(process["user"]))])
        self.falcon_event("DnsRequest", "V5", {"ContextProcessId": process["target"], "DomainName": name, "RequestType": "1", "IP4Records": address + ";", "ContextTimeStamp": f"{self.time.timestamp():.3f}"})
        self.wait(2)
        self.sysmon_event(3, 5, [
            ("UtcTime", self.utc()), ("ProcessGuid", process["guid"]), ("ProcessId", process["pid"]), ("Image", process["image"]), ("User", self.account(process["user"])),
            ("Protocol", "tcp"), ("Initiated", "true"), ("SourceIsIpv6", "false"), ("SourceIp", "10.20.5.17"), ("SourceHostname", self.host), ("SourcePort", local),
            ("SourcePortName", "-"), ("DestinationIsIpv6", "false"), ("DestinationIp", address), ("DestinationHostname", name if address.startswith("10.") else "-"),
            ("DestinationPort", port), ("DestinationPortName", {443: "https", 80: "http", 445: "microsoft-ds"}[port])])
        self.audit_event(5156, 1, 12810, [
            ("ProcessID", process["pid"]), ("Application", process["image"].lower().replace("c:", "\\device\\harddiskvolume3")), ("Direction", "%%14593"),
            ("SourceAddress", "10.20.5.17"), ("SourcePort", local), ("DestAddress", address), ("DestPort", port), ("Protocol", 6), ("FilterRTID", 70211),
            ("LayerName", "%%14611"), ("LayerRTID", 48), ("RemoteUserID", "NULL SID"), ("RemoteMachineID", "NULL SID")])
        self.falcon_event("NetworkConnectIP4", "V9", {"ContextProcessId": process["target"], "LocalAddressIP4": "10.20.5.17", "LocalPort": str(local), "RemoteAddressIP4": address,
                                                      "RemotePort": str(port), "Protocol": "6", "ConnectionDirection": "0", "ContextTimeStamp": f"{self.time.timestamp():.3f}"})

    def load(self, process):
        dll = self.dice.pick(DLLS)
        path = "C:\\Windows\\System32\\" + dll
        self.sysmon_event(7, 3, [
            ("UtcTime", self.utc()), ("ProcessGuid", process["guid"]), ("ProcessId", process["pid"]), ("Image", process["image"]), ("ImageLoaded", path),
            ("FileVersion", "10.0.19041.4239"), ("Description", "System library"), ("Product", OS), ("Company", MS), ("OriginalFileName", dll),
            ("Hashes", self.hashes(path)), ("Signed", "true"), ("Signature", "Microsoft Windows"), ("SignatureStatus", "Valid"), ("User", self.account(process["user"]))])

    def access(self, process):
        source = self.parent_of(r"C:\Windows\System32\svchost.exe")
        self.sysmon_event(10, 3, [
            ("UtcTime", self.utc()), ("SourceProcessGUID", source["guid"]), ("SourceProcessId", source["pid"]), ("SourceThreadId", self.dice.number(1000, 9000)),
            ("SourceImage", source["image"]), ("TargetProcessGUID", process["guid"]), ("TargetProcessId", process["pid"]), ("TargetImage", process["image"]),
            ("GrantedAccess", self.dice.pick(["0x1000", "0x1400", "0x3000"])),
            ("CallTrace", r"C:\Windows\SYSTEM32\ntdll.dll+9d4c4|C:\Windows\System32\KERNELBASE.dll+2c13e|c:\windows\system32\psmserviceexthost.dll+222a3"),
            ("SourceUser", self.account("SYSTEM")), ("TargetUser", self.account(process["user"]))])

    def write(self, process):
        created = self.time - timedelta(days=self.dice.number(0, 1) * 12)
        self.sysmon_event(11, 2, [
            ("UtcTime", self.utc()), ("ProcessGuid", process["guid"]), ("ProcessId", process["pid"]), ("Image", process["image"]), ("TargetFilename", self.dice.pick(FILES)),
            ("CreationUtcTime", created.strftime("%Y-%m-%d %H:%M:%S.") + f"{created.microsecond // 1000:03}"), ("User", self.account(process["user"]))])

    def registry(self, process):
        path, details = self.dice.pick(REGISTRY)
        path = path.replace("{sid}", DOMAIN_SID + "-1117")
        if self.dice.number(0, 3) == 0:
            self.sysmon_event(12, 2, [("EventType", self.dice.pick(["CreateKey", "DeleteValue"])), ("UtcTime", self.utc()), ("ProcessGuid", process["guid"]),
                                      ("ProcessId", process["pid"]), ("Image", process["image"]), ("TargetObject", path.rsplit("\\", 1)[0]), ("User", self.account(process["user"]))])
        else:
            self.sysmon_event(13, 2, [("EventType", "SetValue"), ("UtcTime", self.utc()), ("ProcessGuid", process["guid"]), ("ProcessId", process["pid"]),
                                      ("Image", process["image"]), ("TargetObject", path), ("Details", details), ("User", self.account(process["user"]))])

    def logon(self):
        kind, name, source = self.dice.pick([(5, "SYSTEM", "-"), (7, "jdoe", "127.0.0.1"), (3, "backup-svc", "10.20.0.30")])
        logon = "0x%x" % self.dice.number(0x60000, 0xfffff)
        target = [("TargetUserSid", self.account(name)), ("TargetUserName", name), ("TargetDomainName", "NT AUTHORITY" if name == "SYSTEM" else "CORP"), ("TargetLogonId", logon)]
        self.audit_event(4624, 2, 12544, [
            ("SubjectUserSid", r"NT AUTHORITY\SYSTEM"), ("SubjectUserName", "WS-17$"), ("SubjectDomainName", "CORP"), ("SubjectLogonId", "0x3e7")] + target + [
            ("LogonType", kind), ("LogonProcessName", "Kerberos" if kind == 3 else "Advapi  "), ("AuthenticationPackageName", "Kerberos" if kind == 3 else "Negotiate"),
            ("WorkstationName", "-"), ("LogonGuid", "{00000000-0000-0000-0000-000000000000}"), ("TransmittedServices", "-"), ("LmPackageName", "-"), ("KeyLength", 0),
            ("ProcessId", hex(652)), ("ProcessName", r"C:\Windows\System32\services.exe"), ("IpAddress", source), ("IpPort", "-" if source == "-" else self.dice.number(49200, 65000)),
            ("ImpersonationLevel", "%%1833"), ("RestrictedAdminMode", "-"), ("TargetOutboundUserName", "-"), ("TargetOutboundDomainName", "-"), ("VirtualAccount", "%%1843"),
            ("TargetLinkedLogonId", "0x0"), ("ElevatedToken", "%%1842")])
        if name == "SYSTEM":
            # A list over several lines: the event stays one event.
            self.audit_event(4672, 0, 12548, [("SubjectUserSid", r"NT AUTHORITY\SYSTEM"), ("SubjectUserName", "SYSTEM"), ("SubjectDomainName", "NT AUTHORITY"), ("SubjectLogonId", logon),
                                              ("PrivilegeList", "SeAssignPrimaryTokenPrivilege\n\t\t\tSeTcbPrivilege\n\t\t\tSeSecurityPrivilege\n\t\t\tSeBackupPrivilege")])
        elif self.dice.number(0, 1):
            self.wait(30)
            self.audit_event(4634, 0, 12545, target + [("LogonType", kind)])

    def ordinary(self, programs):
        """One ordinary thing."""
        self.wait(40)
        what = self.dice.number(0, 99)
        if what < 26 or len(self.live) < 3:
            self.start(self.dice.pick(programs))
        elif what < 36 and len(self.live) > 4:
            self.end(self.dice.pick(self.live))
        elif what < 46:
            self.logon()
        else:
            action = self.dice.pick([self.connect, self.load, self.access, self.write, self.registry])
            action(self.dice.pick(self.live))


def attack_day():
    machine = Machine(20240514, datetime(2024, 5, 14, 8, 2, 11, 53000, timezone.utc))
    installer = next(p for p in PROGRAMS if p[0] == MSIEXEC)
    # every program runs at least once
    for program in PROGRAMS:
        machine.ordinary(PROGRAMS)
        machine.start(program, line=program[9][-1])
    for _ in range(75):
        machine.ordinary(PROGRAMS)
    for line, image, parent_line in UNREGISTER:
        machine.wait(20)
        shell = machine.start(next(p for p in PROGRAMS if p[0] == image), line=parent_line)
        machine.wait(20)
        process = machine.start(installer, line=line, parent=shell)
        machine.wait(3)
        machine.end(process)
        for _ in range(70):
            machine.ordinary(PROGRAMS)
    return machine


def write(path, lines):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.write("\n".join(lines) + "\n")
    print(f"{os.path.relpath(path, HERE)}: {len(lines)} events")


def main():
    machine = attack_day()
    write(os.path.join(ATTACK, "windows-sysmon.log"), machine.sysmon)
    write(os.path.join(ATTACK, "windows-security-4688.log"), machine.security)
    write(os.path.join(ATTACK, "crowdstrike-processrollup2.json"), machine.falcon)

    quiet = Machine(7, datetime(2024, 5, 13, 7, 48, 3, 412000, timezone.utc))
    while len(quiet.sysmon) < 200:
        quiet.ordinary(PROGRAMS)
    write(os.path.join(HERE, "benign", "office_day.log"), quiet.sysmon[:200])


if __name__ == "__main__":
    main()
