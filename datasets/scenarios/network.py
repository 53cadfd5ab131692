"""The network and the web: Suricata, Zeek, Palo Alto, Zscaler, Cisco ASA, NGINX, IIS; and Splunk's own audit."""
from datetime import timedelta

from .common import BROWSER, GATEWAY, OFFICE, PEOPLE, STRANGERS

PLACES = [("www.example.com", "203.0.113.10"), ("cdn.example.net", "198.51.100.24"), ("updates.example.org", "192.0.2.80")]
BEACON = "10.20.5.25"


def person(log, n):
    return PEOPLE[n % len(PEOPLE)], OFFICE[PEOPLE[n % len(PEOPLE)]]


def suricata(log):
    def tls(time, source, dest, subject, issuer, name):
        log.add_json(time, {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.%f+0000"), "flow_id": 100000 + len(log.items), "event_type": "tls", "src_ip": source, "src_port": 50000 + len(log.items),
                            "dest_ip": dest, "dest_port": 443, "proto": "TCP", "tls": {"subject": subject, "issuerdn": issuer, "serial": "0A:%02X" % (len(log.items) % 256),
                                                                                      "fingerprint": "f0:%02x" % (len(log.items) % 256), "sni": name, "version": "TLS 1.2",
                                                                                      "notbefore": "2024-05-01T00:00:00", "notafter": "2025-05-01T00:00:00"}})

    for n, time in enumerate(log.times(36)):
        name, address = log.dice.pick(PLACES)
        tls(time, person(log, n)[1], address, "CN=" + name, "C=XX, O=Example Trust, CN=Example Issuing CA", name)
    tls(log.at("09:00:00"), OFFICE["jdoe"], "10.20.0.50", "CN=printer-2.corp.example", "CN=printer-2.corp.example", "printer-2.corp.example")
    tls(log.at("09:01:00"), OFFICE["jdoe"], "192.168.7.5", "CN=camera-5", "CN=camera-5", "camera-5.corp.example")
    tls(log.at("09:02:00"), OFFICE["jdoe"], "172.16.3.9", "CN=ups-9", "CN=ups-9", "ups-9.corp.example")
    if log.attack:
        for n in range(3):
            tls(log.at("13:00:00", 600 * n), BEACON, STRANGERS[1], "CN=localhost", "CN=localhost", "cdn-sync.example.net")
    return log.lines()


def zeek_conn(log):
    def conn(time, source, dest, port, sent, received, duration, ours=True):
        log.add_json(time, {"ts": round(time.timestamp(), 3), "uid": "C%05d" % len(log.items), "id.orig_h": source, "id.orig_p": 40000 + len(log.items), "id.resp_h": dest, "id.resp_p": port,
                            "proto": "tcp", "service": "ssl", "duration": duration, "orig_bytes": sent, "resp_bytes": received, "conn_state": "SF", "local_orig": ours, "local_resp": not ours,
                            "orig_pkts": 8, "resp_pkts": 12})

    for n, time in enumerate(log.times(90)):
        conn(time, person(log, n)[1], log.dice.pick(PLACES)[1], 443, log.dice.number(400, 9000), log.dice.number(900, 90000), log.dice.number(1, 300) / 10)
    for n, time in enumerate(log.times(25)):
        conn(time, OFFICE["bnowak"], "192.0.2.90", 443, log.dice.number(400, 900), log.dice.number(900, 9000), 1.5)
    for n in range(30):
        conn(log.at("08:00:00", 600 * n), "198.51.100.200", "192.0.2.10", 443, 300, 900, 0.2, ours=False)
    if log.attack:
        for n in range(40):
            conn(log.at("09:00:00", 300 * n + log.dice.number(0, 4)), BEACON, STRANGERS[1], 443, 412, 188, 0.4)
    return log.lines()


def zeek_dns(log):
    def query(time, source, name, kind="A", answers=("192.0.2.80",)):
        log.add_json(time, {"ts": round(time.timestamp(), 3), "uid": "D%05d" % len(log.items), "id.orig_h": source, "id.orig_p": 53000 + len(log.items), "id.resp_h": "10.20.0.2", "id.resp_p": 53,
                            "proto": "udp", "query": name, "qtype_name": kind, "rcode": 0, "rcode_name": "NOERROR", "answers": list(answers)})

    for n, time in enumerate(log.times(50)):
        query(time, person(log, n)[1], log.dice.pick(PLACES)[0])
    for n, time in enumerate(log.times(3)):
        query(time, OFFICE["jdoe"], f"a{n}b7c2d9e4f1a6b3c8d5e0f7a2b9c4d1e6f3.static.cdn.example.net")
    for n, time in enumerate(log.times(10)):
        query(time, OFFICE["cmeier"], f"c{n}d1a5b9c3d7e1f5a9b3c7d1e5f9a3b7c1.static.img.example.org")
    for n, time in enumerate(log.times(25)):
        query(time, OFFICE["bnowak"], f"n{n:02}.files.example.com")
    if log.attack:
        for n in range(30):
            query(log.at("14:00:00", 3 * n), BEACON, f"{log.dice.hexadecimal(48).lower()}.{n:04}.t.example.net", "TXT", ("ok",))
    return log.lines()


def paloalto(log):
    def url(time, source, user, dest, address, category, action):
        stamp = time.strftime("%Y/%m/%d %H:%M:%S")
        log.add(time, time.strftime("%b %d %H:%M:%S ") + f"fw-02.corp.example 1,{stamp},0011C104,THREAT,url,2305,{stamp},{source},{address},{GATEWAY},{address},allow-web,corp\\{user},,ssl,vsys1,"
                f"trust,untrust,eth1,eth2,log,{stamp},{700 + len(log.items)},1,{50000 + len(log.items)},443,1024,443,0x0,tcp,{action},\"{dest}/\",(9999),{category},informational,"
                "client-to-server,1,0x0,Country,Country,0,text/html,0,,,1,\"Mozilla/5.0\",,,,,,,0,0,0,0,0,,fw-02,,,,get")

    for n, time in enumerate(log.times(30)):
        user, source = person(log, n)
        name, address = log.dice.pick(PLACES)
        url(time, source, user, name, address, log.dice.pick(["news", "computer-and-internet-info", "business-and-economy"]), "alert")
    url(log.at("11:00:00"), OFFICE["jdoe"], "jdoe", "games.example.org", "192.0.2.90", "games", "block-url")
    if log.attack:
        for n in range(4):
            url(log.at("13:00:00", 300 * n), BEACON, "jdoe", "cdn-sync.example.net", STRANGERS[1], "command-and-control", "block-url" if n == 3 else "alert")
    return log.lines()


def zscaler(log):
    def page(time, user, source, name, address, category, action="Allowed", threat="None", file="None"):
        fields = {"datetime": time.strftime("%Y-%m-%d %H:%M:%S"), "reason": action, "action": action, "user": user + "@corp.example", "ClientIP": source, "serverip": address, "hostname": name,
                  "url": name + "/" + ("" if file == "None" else file), "requestmethod": "GET", "status": "200" if action == "Allowed" else "403", "urlcategory": category, "threatname": threat,
                  "deviceowner": user, "filename": file, "requestsize": log.dice.number(300, 900), "responsesize": log.dice.number(900, 90000)}
        log.add_json(time, fields)

    for n, time in enumerate(log.times(40)):
        user, source = person(log, n)
        page(time, user, source, *log.dice.pick(PLACES), log.dice.pick(["News", "Corporate Marketing", "Web Search"]))
    page(log.at("10:00:00"), "jdoe", OFFICE["jdoe"], "games.example.org", "192.0.2.90", "Games", "Blocked")
    page(log.at("10:05:00"), "bnowak", OFFICE["bnowak"], "tools.example.org", "192.0.2.91", "Adware/Spyware Sites")
    if log.attack:
        page(log.at("12:58:00"), "jdoe", OFFICE["jdoe"], "invoice.example.net", STRANGERS[1], "Malicious Content", "Blocked", "Win32.Downloader.Example", "invoice.docm")
        page(log.at("12:59:00"), "cmeier", OFFICE["cmeier"], "login.example.net", STRANGERS[2], "Phishing", "Blocked", "HTML.Phish.Example")
    return log.lines()


def asa(log):
    def line(time, text):
        log.add(time, time.strftime("%b %d %H:%M:%S ") + f"fw-01.corp.example : {text}")

    for n, time in enumerate(log.times(30)):
        name, address = log.dice.pick(PLACES)
        source = person(log, n)[1]
        line(time, f"%ASA-6-302013: Built outbound TCP connection {900 + n} for outside:{address}/443 ({address}/443) to inside:{source}/{50000 + n} ({GATEWAY}/{50000 + n})")
        line(time + timedelta(seconds=9), f"%ASA-6-302014: Teardown TCP connection {900 + n} for outside:{address}/443 to inside:{source}/{50000 + n} duration 0:00:09 bytes 5120 TCP FINs")
    line(log.at("10:00:00"), "%ASA-5-111010: User 'netops', running 'CLI' from IP 10.20.0.5, executed 'show running-config'")
    line(log.at("10:01:00"), "%ASA-5-111010: User 'netops', running 'CLI' from IP 10.20.0.5, executed 'logging buffered informational'")
    if log.attack:
        line(log.at("13:00:00"), f"%ASA-5-111010: User 'netops', running 'CLI' from IP {BEACON}, executed 'no logging enable'")
        line(log.at("13:00:20"), f"%ASA-5-111010: User 'netops', running 'CLI' from IP {BEACON}, executed 'clear logging buffer'")
    return log.lines()


def nginx(log):
    def hit(time, source, path, status, agent=BROWSER, method="GET"):
        log.add(time, f'time_local="{time.strftime("%d/%b/%Y:%H:%M:%S +0000")}" src_ip="{source}" site="shop.corp.example" http_method="{method}" uri_path="{path}" uri_query="" status="{status}" '
                f'bytes_in="{log.dice.number(200, 900)}" bytes_out="{log.dice.number(300, 9000)}" http_user_agent="{agent}" http_referer="-"')

    for n, time in enumerate(log.times(60)):
        hit(time, f"192.0.2.{100 + n % 9}", log.dice.pick(["/", "/cart", "/item/7", "/item/12", "/img/logo.png"]), 200)
    for n, time in enumerate(log.times(8)):
        hit(time, f"192.0.2.{100 + n}", "/favicon-old.ico", 404)
    for n in range(25):
        hit(log.at("03:00:00", 5 * n), "192.0.2.200", f"/item/{n}", 200, "searchbot/2.1")
        hit(log.at("03:00:00", 5 * n + 2), "192.0.2.200", f"/season-2019/{n}", 404, "searchbot/2.1")
    if log.attack:
        words = ["admin", "backup", "old", ".git/config", ".env", "wp-login.php", "phpinfo.php", "test", "console", "manager", "config.bak", "db.sql"]
        for n in range(48):
            hit(log.at("04:00:00", n), STRANGERS[2], "/" + words[n % 12] + (f"{n // 12}" if n >= 12 else ""), 200 if n == 4 else 404, "dirlist/1.0")
    return log.lines()


def iis(log):
    def hit(time, method, path, query, source, agent, status, took):
        log.add(time, f"{time.strftime('%Y-%m-%d %H:%M:%S')} 10.20.0.60 {method} {path} {query} 443 - {source} {agent.replace(' ', '+')} - {status} 0 0 {took}")

    for n, time in enumerate(log.times(40)):
        hit(time, "GET", log.dice.pick(["/", "/portal/start.aspx", "/portal/news.aspx", "/img/top.png"]), "-", f"192.0.2.{100 + n % 9}", BROWSER, 200, 15)
    for n, time in enumerate(log.times(5)):
        hit(time, "POST", "/portal/login.aspx", "-", f"192.0.2.{100 + n}", BROWSER, 302, 40)
    for n, time in enumerate(log.times(6)):
        hit(time, "POST", "/uploads/img/crop.aspx", "w=200", f"192.0.2.{100 + n}", BROWSER, 200, 40)
    hit(log.at("10:00:00"), "POST", "/uploads/img/old.aspx", "-", "192.0.2.101", BROWSER, 404, 5)
    hit(log.at("10:01:00"), "GET", "/uploads/img/view.aspx", "id=7", "192.0.2.101", BROWSER, 200, 12)
    hit(log.at("10:02:00"), "POST", "/portal/survey.aspx", "-", "192.0.2.102", BROWSER, 200, 22)
    if log.attack:
        for n in range(6):
            hit(log.at("04:30:00", 20 * n), "POST", "/uploads/img/help.aspx", "c=" + ["whoami", "hostname", "dir", "ipconfig", "net+user", "tasklist"][n], STRANGERS[2], "python-requests/2.31", 200, 310)
    head = ["#Software: Microsoft Internet Information Services 10.0",
            "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken"]
    return head + log.lines()


def splunk_audit(log):
    def line(time, user, action, info, rest=""):
        log.add(time, f"Audit:[timestamp={time.strftime('%m-%d-%Y %H:%M:%S.%f')[:-3]}, user={user}, action={action}, info={info}{rest}]")

    for n, time in enumerate(log.times(24)):
        line(time, PEOPLE[n % len(PEOPLE)], "search", "granted ", f", search_id='17156{n:05}.{n}', search='search index=main | head {n}', autojoin='1'")
    line(log.at("09:00:00"), "admin", "edit_user", "granted ", ' object="cmeier" operation=edit roles="user"')
    line(log.at("09:10:00"), "admin", "edit_roles", "granted ", ' object="admin" operation=edit roles="admin"')
    line(log.at("09:20:00"), "bnowak", "edit_user", "denied ", ' object="bnowak" operation=edit roles="admin,user"')
    line(log.at("09:30:00"), "admin", "edit_user", "granted ", ' object="old-admin" operation=remove roles="admin"')
    if log.attack:
        line(log.at("13:00:00"), "dlopez", "edit_user", "granted ", ' object="dlopez" operation=edit roles="admin,user"')
        line(log.at("13:02:00"), "dlopez", "edit_user", "granted ", ' object="svc-report" operation=create roles="sc_admin"')
    return log.lines()
