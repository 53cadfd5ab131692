#!/usr/bin/env python3
"""Writes the datasets of the starter content: attacks in the middle of ordinary work, and ordinary work alone.

    python3 datasets/generate_scenarios.py

Everything is invented, as in generate.py, and every run writes the same bytes. A scenario is a folder below
suspicious_behaviour/ with its logs of 2024-05-14 and their description; the same logs of the quiet day before stand
in benign/.
"""
import os
import uuid

from generate import HERE, write
from scenarios import cloud, linux, network, risk, windows
from scenarios.common import Log

SYSMON, SECURITY, SYSTEM = "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational", "XmlWinEventLog:Security", "XmlWinEventLog:System"

# folder, techniques, description, [(file, writer, source, sourcetype)]
SCENARIOS = [
    ("windows_intrusion", ["T1059.001", "T1105", "T1547.001", "T1003.001", "T1047", "T1218.011", "T1490", "T1110.001", "T1136.001", "T1053.005", "T1558.003",
                           "T1070.001", "T1543.003"],
     "A document on ws-23 starts a script, which downloads a program; with a guessed password the intruder goes on to srv-04, stays there and clears its log.",
     [("windows-sysmon.log", windows.sysmon, SYSMON, "XmlWinEventLog"), ("crowdstrike.json", windows.falcon, "crowdstrike", "crowdstrike:events:sensor"),
      ("windows-security.log", windows.security, SECURITY, "XmlWinEventLog"), ("windows-system.log", windows.system, SYSTEM, "XmlWinEventLog")]),
    ("unix_intrusion", ["T1110.003", "T1059.004", "T1053.003", "T1548.001", "T1548.003", "T1543.001"],
     "Passwords are guessed on web-02; a web process opens a reverse shell, and cron, sudoers and a setuid file keep the way open. On a Mac a launch agent appears.",
     [("linux-sysmon.log", linux.sysmon, "Syslog:Linux-Sysmon/Operational", "sysmon:linux"), ("linux-audit.log", linux.audit, "/var/log/audit/audit.log", "linux:audit"),
      ("linux-secure.log", linux.secure, "/var/log/secure", "linux_secure"), ("osquery.json", linux.osquery, "osquery", "osquery:results")]),
    ("aws_takeover", ["T1078.004", "T1098.001", "T1562.008", "T1530"],
     "A stranger logs in to the console without a second factor, makes a key for another user, stops the trail and opens a bucket.",
     [("cloudtrail.json", cloud.cloudtrail, "aws_cloudtrail", "aws:cloudtrail")]),
    ("office_takeover", ["T1078.004", "T1556.006", "T1528", "T1114.003", "T1530", "T1621"],
     "An Office account is used from three countries; its mail is forwarded, files are taken, an application gets consent. Another user is worn down with push messages.",
     [("entra.json", cloud.entra, "Azure AD", "azure:monitor:aad"), ("o365.json", cloud.office, "o365", "o365:management:activity"), ("okta.json", cloud.okta, "okta", "OktaIM2:log")]),
    ("code_and_cluster", ["T1562.001", "T1567", "T1609", "T1610"],
     "A private repository is opened to everybody after secret scanning was switched off; a shell and a privileged container run in the cluster.",
     [("github.json", cloud.github, "github", "github:cloud:audit"), ("kubernetes.json", cloud.kubernetes, "kubernetes", "kube:audit")]),
    ("command_and_control", ["T1573.002", "T1071.001", "T1071.004", "T1189", "T1562.004"],
     "A workstation calls home every five minutes, with a certificate that signed itself, and tunnels data in DNS; the proxy stops malware, and a firewall stops to log.",
     [("suricata.json", network.suricata, "suricata", "suricata"), ("zeek-conn.json", network.zeek_conn, "conn.log", "zeek:conn:json"),
      ("zeek-dns.json", network.zeek_dns, "dns.log", "zeek:dns:json"), ("paloalto.log", network.paloalto, "paloalto", "pan:log"),
      ("zscaler.json", network.zscaler, "zscaler", "zscalernss-web"), ("cisco-asa.log", network.asa, "cisco", "cisco:asa")]),
    ("web_attack", ["T1595.003", "T1505.003"],
     "A scanner looks for forgotten files on the shop; a web shell answers on the portal.",
     [("nginx.log", network.nginx, "nginx", "nginx:plus:kv"), ("iis.log", network.iis, "iis", "MSWindows:IIS")]),
    ("splunk_takeover", ["T1098"],
     "A user of Splunk gives himself and a new account the roles of an administrator.",
     [("splunk-audit.log", network.splunk_audit, "audittrail", "audittrail")]),
    ("risk_events", ["T1059.001", "T1105", "T1547.001"],
     "Risk events as detections write them: many of different kinds for one workstation, single ones for others.",
     [("risk.stash", risk.risk, "starter", "stash")]),
]


def metadata(folder, techniques, description, logs):
    """NAME.yml beside the logs, as attack_data has it."""
    place = f"/datasets/suspicious_behaviour/{folder}"
    lines = ["author: muster", f"id: {uuid.uuid5(uuid.NAMESPACE_URL, 'muster/datasets/' + folder)}", "date: '2026-11-23'",
             f"description: {description} Invented, written by datasets/generate_scenarios.py.", "environment: invented", f"directory: {folder}", "mitre_technique:"]
    lines += [f"- {technique}" for technique in techniques] + ["datasets:"]
    for file, _, source, sourcetype in logs:
        lines += [f"- name: {file.rsplit('.', 1)[0]}", f"  path: {place}/{file}", f"  sourcetype: {sourcetype}", f"  source: {source}"]
    return lines


def main():
    for number, (folder, techniques, description, logs) in enumerate(SCENARIOS):
        place = os.path.join(HERE, "suspicious_behaviour", folder)
        for file, writer, _, _ in logs:
            write(os.path.join(place, file), writer(Log(True, 100 * number + len(file))))
            write(os.path.join(HERE, "benign", file), writer(Log(False, 100 * number + len(file))))
        write(os.path.join(place, folder + ".yml"), metadata(folder, techniques, description, logs))


if __name__ == "__main__":
    main()
