"""The risk index: what detections have written about users and machines."""

# search name, technique, tactic, score
SEEN = [("Windows PowerShell With Encoded Command", "T1059.001", "execution", 60), ("Windows Certutil Downloads File", "T1105", "command-and-control", 60),
        ("Windows Run Key Points To User Folder", "T1547.001", "persistence", 40), ("Windows LSASS Memory Read", "T1003.001", "credential-access", 80)]


def risk(log):
    def event(time, machine, search, technique, tactic, score, kind="system"):
        log.add(time, f'{int(time.timestamp())}, search_name="ESCU - {search} - Rule", risk_object="{machine}", risk_object_type="{kind}", risk_score="{score}", '
                f'risk_message="{search} was seen on {machine}", source="ESCU - {search} - Rule", annotations.mitre_attack="{technique}", '
                f'annotations.mitre_attack.mitre_tactic="{tactic}"')

    for n, time in enumerate(log.times(20)):
        event(time, f"ws-{10 + n % 10}.corp.example", *SEEN[n % 2 * 2])
    for n, (search, technique, tactic, _) in enumerate(SEEN):
        event(log.at("09:00:00", 60 * n), "ws-30.corp.example", search, technique, tactic, 20)
        event(log.at("09:10:00", 60 * n), "ws-31.corp.example", *SEEN[0])
        event(log.at("09:20:00", 60 * n), "jdoe", *SEEN[n], kind="user")
    if log.attack:
        for n, seen in enumerate(SEEN):
            event(log.at("13:00:00", 120 * n), "ws-23.corp.example", *seen)
    return log.lines()
