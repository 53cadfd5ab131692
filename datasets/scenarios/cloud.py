"""Cloud and identity: CloudTrail, Entra ID, Office 365, Okta, GitHub, Kubernetes."""
from .common import BROWSER, GATEWAY, OFFICE, PEOPLE, STRANGERS, iso

ACCOUNT = "111122223333"
TENANT = "7f0c1d62-0000-4000-8000-00000000c0de"


# -- Amazon Web Services

def cloudtrail(log):
    def call(time, user, name, service, source=GATEWAY, request=None, response=None, **more):
        event = {"eventVersion": "1.09", "userIdentity": {"type": "IAMUser", "principalId": "AIDA" + user.upper(), "arn": f"arn:aws:iam::{ACCOUNT}:user/{user}",
                                                          "accountId": ACCOUNT, "accessKeyId": "AKIAEXAMPLE" + user.upper(), "userName": user},
                 "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "eventSource": service + ".amazonaws.com", "eventName": name, "awsRegion": "eu-central-1",
                 "sourceIPAddress": source, "userAgent": "aws-cli/2.15.40", "requestParameters": request, "responseElements": response, "requestID": "r-%04d" % len(log.items),
                 "eventID": "e-%04d" % len(log.items), "readOnly": name.startswith(("List", "Describe", "Get")), "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": ACCOUNT}
        event.update(more)
        log.add_json(time, event)

    def console(time, user, mfa, source=GATEWAY, result="Success"):
        call(time, user, "ConsoleLogin", "signin", source, None, {"ConsoleLogin": result}, eventType="AwsConsoleSignIn", userAgent=BROWSER,
             additionalEventData={"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": mfa})

    for n, time in enumerate(log.times(30)):
        user = PEOPLE[n % len(PEOPLE)]
        call(time, user, *[("DescribeInstances", "ec2"), ("ListBuckets", "s3"), ("GetUser", "iam")][n % 3], request={"maxResults": 50})
    for user in PEOPLE[:4]:
        console(log.at("08:00:00", log.dice.number(0, 3000)), user, "Yes")
    console(log.at("08:55:00"), "dlopez", "No", result="Failure")
    call(log.at("09:10:00"), "akaya", "CreateAccessKey", "iam", request={"userName": "akaya"}, response={"accessKey": {"userName": "akaya", "status": "Active", "accessKeyId": "AKIAEXAMPLE1"}})
    call(log.at("09:20:00"), "akaya", "CreateTrail", "cloudtrail", request={"name": "audit-2024", "s3BucketName": "corp-audit"})
    call(log.at("09:30:00"), "bnowak", "PutBucketAcl", "s3", request={"bucketName": "corp-reports", "AccessControlPolicy": {"AccessControlList": {"Grant": [
        {"Grantee": {"xsi:type": "CanonicalUser", "ID": "c0ffee"}, "Permission": "READ"},
        {"Grantee": {"xsi:type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}, "Permission": "WRITE"}]}}})
    # things that were refused, and things that only resemble
    denied = {"errorCode": "AccessDenied", "errorMessage": "You are not authorized"}
    everybody = {"Grant": [{"Grantee": {"xsi:type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}]}
    call(log.at("10:00:00"), "bnowak", "CreateAccessKey", "iam", request={"userName": "svc-report"}, **denied)
    call(log.at("10:01:00"), "bnowak", "UpdateAccessKey", "iam", request={"userName": "svc-report", "status": "Inactive"})
    call(log.at("10:02:00"), "bnowak", "StopLogging", "cloudtrail", request={"name": "audit-2024"}, **denied)
    call(log.at("10:03:00"), "bnowak", "PutBucketAcl", "s3", request={"bucketName": "corp-reports", "AccessControlPolicy": {"AccessControlList": everybody}}, **denied)
    call(log.at("10:04:00"), "bnowak", "PutObjectAcl", "s3", request={"bucketName": "corp-website", "key": "index.html", "AccessControlPolicy": {"AccessControlList": everybody}})
    call(log.at("10:05:00"), "akaya", "ConsoleLogin", "signin", GATEWAY, None, {"ConsoleLogin": "Success"}, eventType="AwsConsoleSignIn", additionalEventData={"MFAUsed": "No"},
         userIdentity={"type": "AssumedRole", "principalId": "AROAEXAMPLE:akaya", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/akaya", "accountId": ACCOUNT})
    if log.attack:
        bad = STRANGERS[1]
        console(log.at("13:00:00"), "dlopez", "No", bad)
        call(log.at("13:05:00"), "dlopez", "CreateAccessKey", "iam", bad, {"userName": "svc-deploy"}, {"accessKey": {"userName": "svc-deploy", "status": "Active", "accessKeyId": "AKIAEXAMPLE2"}})
        call(log.at("13:08:00"), "dlopez", "StopLogging", "cloudtrail", bad, {"name": f"arn:aws:cloudtrail:eu-central-1:{ACCOUNT}:trail/audit-2023"})
        call(log.at("13:09:00"), "dlopez", "DeleteTrail", "cloudtrail", bad, {"name": "audit-2022"})
        call(log.at("13:12:00"), "dlopez", "PutBucketAcl", "s3", bad, {"bucketName": "corp-finance", "AccessControlPolicy": {"AccessControlList": {"Grant": [
            {"Grantee": {"xsi:type": "CanonicalUser", "ID": "c0ffee"}, "Permission": "FULL_CONTROL"},
            {"Grantee": {"xsi:type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}]}}})
    return log.lines()


# -- Microsoft Entra ID and Office 365

COUNTRIES = {GATEWAY: "DE", STRANGERS[0]: "BR", STRANGERS[1]: "VN", STRANGERS[2]: "ZA", "203.0.113.90": "CA"}


def entra(log):
    def signin(time, user, source, code="0"):
        log.add_json(time, {"time": iso(time), "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam", "operationName": "Sign-in activity", "category": "SignInLogs", "resultType": code,
                            "callerIpAddress": source, "identity": user, "location": COUNTRIES[source], "properties": {
                                "userPrincipalName": user + "@corp.example", "appDisplayName": "Office 365 Exchange Online", "resourceDisplayName": "Office 365 Exchange Online",
                                "ipAddress": source, "userAgent": BROWSER, "location": {"city": "-", "countryOrRegion": COUNTRIES[source]}, "status": {"errorCode": int(code)}}})

    def change(time, operation, by, target, kind="User", modified=(), result="success"):
        log.add_json(time, {"time": iso(time), "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam", "operationName": operation, "category": "AuditLogs", "properties": {
            "result": result, "activityDisplayName": operation, "initiatedBy": {"user": {"userPrincipalName": by + "@corp.example", "ipAddress": OFFICE.get(by, GATEWAY)}},
            "targetResources": [{"type": kind, "displayName": target, "userPrincipalName": target if kind == "User" else None,
                                 "modifiedProperties": [{"displayName": k, "newValue": v} for k, v in modified]}]}})

    for n, time in enumerate(log.times(36)):
        signin(time, PEOPLE[n % len(PEOPLE)], GATEWAY, "50126" if n % 11 == 5 else "0")
    signin(log.at("18:40:00"), "bnowak", "203.0.113.90")
    change(log.at("10:00:00"), "Update user", "akaya", "cmeier@corp.example")
    change(log.at("10:05:00"), "User registered security info", "cmeier", "cmeier@corp.example")
    change(log.at("10:10:00"), "Consent to application", "akaya", "Corp Wiki", "ServicePrincipal",
           [("ConsentContext.IsAdminConsent", '"True"'), ("ConsentAction.Permissions", '"[Scope: User.Read openid]"')])
    for n, source in enumerate([*STRANGERS, "203.0.113.90"]):
        signin(log.at("05:00:00", 300 * n), "dlopez", source, "50126")
    change(log.at("10:15:00"), "Disable Strong Authentication", "akaya", "bnowak@corp.example", result="failure")
    change(log.at("10:20:00"), "Add delegated permission grant", "akaya", "Corp Calendar", "ServicePrincipal", [("DelegatedPermissionGrant.Scope", '"Mail.Send Calendars.Read"')])
    if log.attack:
        for n, source in enumerate(STRANGERS):
            signin(log.at("13:00:00", 1500 * n), "efischer", source)
        change(log.at("13:50:00"), "Disable Strong Authentication", "efischer", "dlopez@corp.example")
        change(log.at("13:55:00"), "Consent to application", "efischer", "Mail Helper 365", "ServicePrincipal",
               [("ConsentContext.IsAdminConsent", '"False"'), ("ConsentAction.Permissions", '"[Scope: Mail.ReadWrite Mail.Send offline_access]"')])
    return log.lines()


def office(log):
    def done(time, operation, kind, workload, user, source=GATEWAY, **more):
        event = {"CreationTime": time.strftime("%Y-%m-%dT%H:%M:%S"), "Id": "o-%04d" % len(log.items), "Operation": operation, "OrganizationId": TENANT, "RecordType": kind,
                 "UserKey": user, "UserType": 0, "Version": 1, "Workload": workload, "ClientIP": source, "UserId": user + "@corp.example"}
        event.update(more)
        log.add_json(time, event)

    def download(time, user, file, source=GATEWAY):
        done(time, "FileDownloaded", 6, "SharePoint", user, source, ObjectId=f"https://corp.example/sites/team/{file}", SourceFileName=file, UserAgent=BROWSER,
             SiteUrl="https://corp.example/sites/team/", ItemType="File")

    def rule(time, user, source, parameters):
        done(time, "New-InboxRule", 1, "Exchange", user, source, ResultStatus="True", ObjectId=user + "\\rule", Parameters=[{"Name": k, "Value": v} for k, v in parameters.items()])

    for n, time in enumerate(log.times(40)):
        user = PEOPLE[n % len(PEOPLE)]
        download(time, user, f"minutes-{n:02}.docx")
    for n in range(12):
        download(log.at("10:00:00", 20 * n), "dlopez", f"slides-{n:02}.pptx")
    for n in range(60):
        done(log.at("11:00:00", 5 * n), "FileAccessed", 6, "SharePoint", "akaya", ObjectId=f"https://corp.example/sites/team/page-{n:02}", SourceFileName=f"page-{n:02}")
    rule(log.at("09:00:00"), "cmeier", GATEWAY, {"Name": "News", "MoveToFolder": "News", "From": "news@example.org"})
    rule(log.at("09:05:00"), "akaya", GATEWAY, {"Name": "To my deputy", "ForwardTo": "bnowak@corp.example"})
    rule(log.at("09:10:00"), "dlopez", GATEWAY, {"Name": "To the other office", "ForwardTo": "dlopez@subsidiary.example"})
    if log.attack:
        rule(log.at("13:30:00"), "efischer", STRANGERS[0], {"Name": ".", "ForwardTo": "collector@mail.example.net", "DeleteMessage": "True"})
        for n in range(60):
            download(log.at("13:40:00", 5 * n), "efischer", f"contract-{n:03}.pdf", STRANGERS[0])
    return log.lines()


# -- Okta

def okta(log):
    def event(time, kind, user, result="SUCCESS", reason=None, source=GATEWAY, country="Germany"):
        actor = {"id": "00u" + user, "type": "User", "alternateId": user + "@corp.example", "displayName": user}
        log.add_json(time, {"uuid": "k-%04d" % len(log.items), "published": iso(time), "eventType": kind, "version": "0", "severity": "INFO", "displayMessage": kind,
                            "outcome": {"result": result, "reason": reason}, "actor": actor, "client": {"ipAddress": source, "userAgent": {"rawUserAgent": BROWSER, "browser": "FIREFOX", "os": "Windows"},
                                                                                                      "geographicalContext": {"city": None, "country": country}}, "target": [actor]})

    for n, time in enumerate(log.times(24)):
        user = PEOPLE[n % len(PEOPLE)]
        event(time, "user.session.start", user)
        event(time, "system.push.send_factor_verify_push", user)
        event(time, "user.authentication.auth_via_mfa", user)
    event(log.at("10:30:00"), "user.authentication.auth_via_mfa", "bnowak", "FAILURE", "User rejected Okta push verify")
    if log.attack:
        for n in range(9):
            event(log.at("02:10:00", 40 * n), "system.push.send_factor_verify_push", "cmeier", source=STRANGERS[2], country="South Africa")
            if n < 8:
                event(log.at("02:10:00", 40 * n + 12), "user.authentication.auth_via_mfa", "cmeier", "FAILURE", "User rejected Okta push verify", STRANGERS[2], "South Africa")
        event(log.at("02:16:10"), "user.authentication.auth_via_mfa", "cmeier", source=STRANGERS[2], country="South Africa")
    return log.lines()


# -- GitHub

def github(log):
    def audit(time, action, actor, source=GATEWAY, **more):
        event = {"@timestamp": int(time.timestamp() * 1000), "_document_id": "g-%04d" % len(log.items), "action": action, "actor": actor, "actor_ip": source,
                 "org": "corp-example", "created_at": int(time.timestamp() * 1000), "user_agent": BROWSER}
        event.update(more)
        log.add_json(time, event)

    for n, time in enumerate(log.times(24)):
        audit(time, ["git.clone", "pull_request.merge", "repo.create"][n % 3], PEOPLE[n % len(PEOPLE)], repo=f"corp-example/tool-{n % 4}", visibility="private", operation_type="access")
    audit(log.at("10:00:00"), "repo.access", "akaya", repo="corp-example/website", visibility="private", previous_visibility="public", operation_type="modify")
    audit(log.at("10:20:00"), "repository_secret_scanning.enable", "akaya", repo="corp-example/tool-1", operation_type="modify")
    audit(log.at("10:30:00"), "repo.create", "bnowak", repo="corp-example/samples", visibility="public", operation_type="create")
    audit(log.at("10:40:00"), "repo.access", "bnowak", repo="corp-example/tool-2", visibility="private", previous_visibility="internal", operation_type="modify")
    if log.attack:
        audit(log.at("13:10:00"), "repository_secret_scanning.disable", "dlopez", STRANGERS[1], repo="corp-example/payments", operation_type="modify")
        audit(log.at("13:12:00"), "repo.access", "dlopez", STRANGERS[1], repo="corp-example/payments", visibility="public", previous_visibility="private", operation_type="modify")
    return log.lines()


# -- Kubernetes

def kubernetes(log):
    def request(time, verb, user, resource, namespace, name, source="10.20.0.40", sub=None, code=200, **more):
        ref = {"resource": resource, "namespace": namespace, "name": name, "apiVersion": "v1"}
        if sub:
            ref["subresource"] = sub
        event = {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse", "auditID": "a-%04d" % len(log.items), "stage": "ResponseComplete",
                 "requestURI": f"/api/v1/namespaces/{namespace}/{resource}/{name}" + (f"/{sub}" if sub else ""), "verb": verb,
                 "user": {"username": user, "groups": ["system:authenticated"]}, "sourceIPs": [source], "userAgent": "kubectl/v1.29.4", "objectRef": ref,
                 "responseStatus": {"metadata": {}, "code": code}, "requestReceivedTimestamp": time.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                 "stageTimestamp": time.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "annotations": {"authorization.k8s.io/decision": "allow"}}
        event.update(more)
        log.add_json(time, event)

    def pod(time, user, namespace, name, image, privileged, verb="create"):
        context = {"privileged": True} if privileged else {"allowPrivilegeEscalation": False}
        request(time, verb, user, "pods", namespace, name, code=201, requestObject={"kind": "Pod", "metadata": {"name": name, "namespace": namespace},
                "spec": {"containers": [{"name": "main", "image": image, "securityContext": context}]}})

    for n, time in enumerate(log.times(30)):
        request(time, ["get", "list", "watch"][n % 3], ["system:serviceaccount:shop:web", "akaya", "bnowak"][n % 3], "pods", "shop", f"web-{n % 5}")
    for n, time in enumerate(log.times(4)):
        pod(time, "system:serviceaccount:ci:deployer", "shop", f"web-{n}", f"registry.corp.example/web:1.{n}", False)
    pod(log.at("09:00:00"), "system:serviceaccount:storage:agent", "storage", "agent-1", "registry.corp.example/storage:3.2", True, verb="update")
    if log.attack:
        request(log.at("13:20:00"), "create", "dlopez", "pods", "shop", "web-3", STRANGERS[1], "exec", 101)
        pod(log.at("13:25:00"), "dlopez", "kube-system", "node-helper", "registry.example.net/tools:latest", True)
    return log.lines()
