"""The risk index: what detections have written about users and machines."""

# search name, technique, tactic, score
SEEN = [("Windows PowerShell With Encoded Command", "T1059.001", "execution", 60), ("Windows Certutil Downloads File", "T1105", "command-and-control", 60),
        ("Windows Run Key Points To User Folder", "T1547.001", "persistence", 40), ("Windows LSASS Memory Read", "T1003.001", "credential-access", 80)]


def risk(log):
    def event(time, machine, search, technique, tactic, score):
        log.add(time, f'{int(time.timestamp())}, search_name="ESCU - {search} - Rule", risk_object="{machine}", risk_object_type="system", risk_score="{score}", '
                f'risk_message="{search} was seen on {machine}", source="ESCU - {search} - Rule", annotations.mitre_attack="{technique}", '
                f'annotations.mitre_attack.mitre_tactic="{tactic}"')

    for n, time in enumerate(log.times(20)):
        event(time, f"ws-{10 + n % 10}.corp.example", *SEEN[n % 2 * 2])
    if log.attack:
        for n, seen in enumerate(SEEN):
            event(log.at("13:00:00", 120 * n), "ws-23.corp.example", *seen)
    return log.lines()
