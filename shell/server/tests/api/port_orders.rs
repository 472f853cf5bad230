//! Numbers that come from other carriers: drafted, checked, signed, handed in, moved, and had.

use phone::access::BuiltIn;
use reqwest::Method;
use serde_json::{Value, json};
use store::Scope;

use super::world::{Reply, TOKEN, World, send, world};

const FIRST: &str = "+12065550101";
const SECOND: &str = "+12065550102";

#[tokio::test]
async fn numbers_come_and_are_had_in_the_same_moment() {
    let world = world().await;
    let bob = world.read("/tenants/demo/users/103").await["id"].clone();
    let mut body = order();
    body["numbers"][0]["assign_to"] = json!({ "type": "user", "id": bob });
    body["account_pin"] = json!("4711-secret");
    let made = world.post_json("/tenants/demo/port-orders", &body).await;
    assert_eq!((made.status.as_u16(), &made.body["state"]), (201, &json!("draft")), "{}", made.text);
    assert!(!made.text.contains("4711-secret") && made.body["has_account_pin"] == true);
    let path = format!("/tenants/demo/port-orders/{}", id(&made.body));
    let early = world.post(&format!("{path}/submit")).await;
    assert_eq!((early.status.as_u16(), &early.body["code"]), (422, &json!("port_order.faulty")), "{}", early.text);
    assert_eq!(early.body["errors"][0]["code"], "port_order.not_signed");
    let stranger = world.post_json(&format!("{path}/sign"), &json!({ "signed_by": "Bob" })).await;
    assert_eq!((stranger.status.as_u16(), &stranger.body["code"]), (422, &json!("port_order.other_signer")));
    sign_and_submit(&world, &path).await;
    let fixed = world.put(&path, None, &order()).await;
    assert_eq!((fixed.status.as_u16(), &fixed.body["code"]), (409, &json!("port_order.not_allowed")));

    report(&world, &made.body, json!({ "state": "contacting_carrier" })).await;
    let timeless = report(&world, &made.body, json!({ "state": "transfer_approved" })).await;
    assert_eq!((timeless.status.as_u16(), &timeless.body["code"]), (422, &json!("port_order.time_missing")));
    let rejected = json!({ "state": "error", "numbers": [SECOND], "reason": "not of this account" });
    assert_eq!(report(&world, &made.body, rejected).await.body["state"], "error");
    let approved = json!({ "state": "transfer_approved", "transfer_at": "2100-01-01T00:00:00Z", "numbers": [FIRST] });
    assert_eq!(report(&world, &made.body, approved).await.status.as_u16(), 200);
    for state in ["transfer_pending", "completed"] {
        let moved = report(&world, &made.body, json!({ "state": state, "numbers": [FIRST] })).await;
        assert_eq!(moved.status.as_u16(), 200, "{}", moved.text);
    }
    let number = world.read(&format!("/tenants/demo/numbers/{FIRST}")).await;
    assert_eq!((&number["state"], &number["assignee"]["id"]), (&json!("assigned"), &bob), "{number}");
    assert_eq!(number["source"], "calling_plan");
    assert_eq!(world.get(&format!("/tenants/demo/numbers/{SECOND}")).await.status.as_u16(), 404);

    // The other one is handed in again, and given up.
    sign_and_submit(&world, &path).await;
    let cancelled = world.post(&format!("{path}/cancel")).await;
    assert_eq!((cancelled.status.as_u16(), &cancelled.body["state"]), (200, &json!("completed")), "{}", cancelled.text);
    let timeline = world.read(&format!("{path}/timeline?number=%2B12065550102")).await;
    let what: Vec<_> =
        timeline["items"].as_array().unwrap().iter().map(|step| step["what"].as_str().unwrap()).collect();
    assert_eq!(
        what,
        ["created", "signed", "submitted", "contacting_carrier", "error", "signed", "submitted", "cancelled"]
    );
    assert_eq!(world.delete(&path, None).await.status.as_u16(), 409);
}

#[tokio::test]
async fn a_number_that_nobody_may_have_comes_all_the_same() {
    let world = world().await;
    let mut body = order();
    body["numbers"][0]["assign_to"] = json!({ "type": "user", "id": "00000000-0000-7000-8000-000000000000" });
    let made = world.post_json("/tenants/demo/port-orders", &body).await;
    let path = format!("/tenants/demo/port-orders/{}", id(&made.body));
    sign_and_submit(&world, &path).await;
    for body in [
        json!({ "state": "contacting_carrier" }),
        json!({ "state": "transfer_approved", "transfer_at": "2100-01-01T00:00:00Z" }),
        json!({ "state": "transfer_pending" }),
        json!({ "state": "completed" }),
    ] {
        assert_eq!(report(&world, &made.body, body).await.status.as_u16(), 200);
    }
    assert_eq!(world.read(&format!("/tenants/demo/numbers/{FIRST}")).await["state"], "unassigned");
    let timeline = world.read(&format!("{path}/timeline")).await;
    let last = timeline["items"].as_array().unwrap().last().unwrap().clone();
    assert!(last["note"].as_str().unwrap().contains("assigned to nobody"), "{last}");
    // What came by an order of this kind takes nothing of the quota.
    let quotas = world.read("/tenants/demo/number-quotas").await;
    let used =
        quotas["items"].as_array().unwrap().iter().find(|quota| quota["kind"] == "user").unwrap()["used"].clone();
    assert_eq!(used, 3, "{quotas}");
}

#[tokio::test]
async fn what_would_be_refused_is_told_before() {
    let world = world().await;
    let mut body = order();
    body["country"] = json!("US");
    body["account_number"] = json!("12-3");
    body["numbers"] = json!([{ "number": "+14255550101" }, { "number": "+18005550142" }, { "number": FIRST }]);
    let made = world.post_json("/tenants/demo/port-orders", &body).await;
    let codes: Vec<_> = made.body["faults"].as_array().unwrap().iter().map(|fault| &fault["code"]).collect();
    assert_eq!(
        codes,
        ["port_order.account_number_malformed", "number.duplicate", "port_order.kind_mixed", "port_order.not_signed"]
    );
    let other = world.post_json("/tenants/demo/port-orders", &order()).await;
    assert_eq!(other.body["faults"][0]["code"], "port_order.in_other_order", "{}", other.text);
    assert_eq!(world.delete(&format!("/tenants/demo/port-orders/{}", id(&made.body)), None).await.status.as_u16(), 204);
    let path = format!("/tenants/demo/port-orders/{}", id(&other.body));
    assert_eq!(world.read(&path).await["faults"][0]["code"], "port_order.not_signed");
    let twice = json!([{ "number": FIRST }, { "number": "1 (206) 555-0101" }]);
    let mut body = order();
    body["numbers"] = twice;
    let refused = world.put(&path, None, &body).await;
    assert_eq!((refused.status.as_u16(), &refused.body["code"]), (422, &json!("number.duplicate")));
    let mut body = order();
    body["numbers"] = (0..1_000).map(|last| json!({ "number": format!("+1206555{last:04}") })).collect();
    let too_many = world.put(&path, None, &body).await;
    assert_eq!((too_many.status.as_u16(), &too_many.body["code"]), (422, &json!("port_order.count_out_of_range")));
    assert_eq!(world.put(&path, Some("\"9\""), &order()).await.status.as_u16(), 412);
}

#[tokio::test]
async fn papers_are_attached_read_by_who_carries_the_order_out_and_taken_out() {
    let world = world().await;
    world.add_token("tenant-viewer", Scope::Tenant(world.tenant), BuiltIn::Viewer).await;
    let made = world.post_json("/tenants/demo/port-orders", &order()).await;
    assert_eq!(made.body["needed_documents"], json!([]), "the letter is signed here");
    let path = format!("/tenants/demo/port-orders/{}", id(&made.body));
    let mut abroad = order();
    abroad["country"] = json!("DE");
    let abroad = world.put(&path, None, &abroad).await;
    assert_eq!(abroad.body["needed_documents"], json!(["bill", "letter_of_authorization"]), "{}", abroad.text);
    let attach = async |token: &str, query: &str, content: &'static [u8]| {
        let post = world.request(Method::POST, &format!("{path}/documents?{query}")).bearer_auth(token);
        send(post.header("Content-Type", "application/octet-stream").body(content)).await
    };
    let bill = attach(TOKEN, "kind=bill&file_name=June.pdf", b"%PDF-1.7 a bill").await;
    assert_eq!((bill.status.as_u16(), &bill.body["media_type"]), (201, &json!("application/pdf")), "{}", bill.text);
    let script = attach(TOKEN, "kind=bill&file_name=June.pdf", b"<script>").await;
    assert_eq!((script.status.as_u16(), &script.body["code"]), (422, &json!("port_document.type_unknown")));
    assert_eq!(attach("tenant-viewer", "kind=bill&file_name=x.pdf", b"%PDF-1.7").await.status.as_u16(), 403);
    let order = world.read(&path).await;
    assert_eq!(order["documents"], json!([bill.body]));
    let codes: Vec<_> = order["faults"].as_array().unwrap().iter().map(|fault| &fault["code"]).collect();
    assert_eq!(codes.iter().filter(|code| **code == "port_order.document_missing").count(), 1, "{codes:?}");

    let file = format!("documents/{}", id(&bill.body));
    for path in [format!("{path}/{file}"), format!("/port-orders/{}/{file}", id(&order))] {
        let read = world.get(&path).await;
        assert_eq!((read.status.as_u16(), read.text.as_str()), (200, "%PDF-1.7 a bill"));
        assert_eq!(read.content_type, "application/pdf");
    }
    let stranger = world.token_of_other_tenant(BuiltIn::Administrator).await;
    for path in
        [format!("/tenants/other/port-orders/{}/{file}", id(&order)), format!("/port-orders/{}/{file}", id(&order))]
    {
        let theirs = send(world.request(Method::GET, &path).bearer_auth(stranger)).await;
        assert!([403, 404].contains(&theirs.status.as_u16()) && !theirs.text.contains("bill"), "{}", theirs.text);
    }
    assert_eq!(world.delete(&format!("{path}/{file}"), None).await.status.as_u16(), 204);
    assert_eq!(world.get(&format!("{path}/{file}")).await.status.as_u16(), 404);
    let timeline = world.read(&format!("{path}/timeline")).await;
    let what: Vec<_> = timeline["items"].as_array().unwrap().iter().map(|step| &step["what"]).collect();
    assert_eq!(what, ["created", "changed", "attached", "detached"]);
}

#[tokio::test]
async fn what_another_organization_only_drafted_keeps_nobody_from_a_number() {
    let world = world().await;
    let acme =
        json!({ "slug": "acme", "name": "Acme", "sip_domain": "acme.test", "time_zone": "UTC", "country": "US" });
    assert_eq!(world.post_json("/tenants", &acme).await.status.as_u16(), 201);
    let theirs = world.post_json("/tenants/acme/port-orders", &order()).await.body;
    let ours = world.post_json("/tenants/demo/port-orders", &order()).await.body;
    assert_eq!(ours["faults"][0]["code"], "port_order.not_signed", "{ours}");
    sign_and_submit(&world, &format!("/tenants/demo/port-orders/{}", id(&ours))).await;
    let theirs = world.read(&format!("/tenants/acme/port-orders/{}", id(&theirs))).await;
    let fault = &theirs["faults"][0];
    assert_eq!(fault["code"], "port_order.in_other_order", "{theirs}");
    assert!(!fault.to_string().contains("Seattle"), "nothing is told of the other order: {fault}");
}

#[tokio::test]
async fn only_who_runs_the_server_moves_numbers_and_sees_the_pin() {
    let world = world().await;
    world.add_token("tenant-admin", Scope::Tenant(world.tenant), BuiltIn::Administrator).await;
    let mut body = order();
    body["account_pin"] = json!("4711");
    let made = world.post_json("/tenants/demo/port-orders", &body).await.body;
    let as_tenant = |method, path: String| {
        let request = world.request(method, &path).bearer_auth("tenant-admin").json(&json!({ "state": "completed" }));
        async move { send(request).await.status.as_u16() }
    };
    let path = format!("/port-orders/{}", id(&made));
    assert_eq!(as_tenant(Method::POST, format!("{path}/status")).await, 403);
    assert_eq!(as_tenant(Method::GET, format!("{path}/account-pin")).await, 403);
    assert_eq!(as_tenant(Method::GET, "/port-orders".to_owned()).await, 403);
    assert_eq!(world.read(&format!("{path}/account-pin")).await["account_pin"], "4711");
    let queued = world.read("/port-orders?state=draft").await["items"][0].clone();
    assert_eq!((&queued["n_numbers"], &queued["numbers_by_state"]), (&json!(2), &json!({ "draft": 2 })));
    assert!(queued.get("numbers").is_none() && queued.get("letter").is_none(), "a list counts numbers: {queued}");
    let listed = world.read("/tenants/demo/port-orders").await["items"][0].clone();
    assert!(listed.get("numbers").is_none() && listed["n_numbers"] == 2, "{listed}");
    assert_eq!(world.read(&path).await["numbers"][1]["number"], SECOND);
    let page = world.read(&format!("/tenants/demo{path}/numbers?limit=1&state=draft")).await;
    let next = page["next_cursor"].as_str().unwrap();
    let rest = world.read(&format!("/tenants/demo{path}/numbers?limit=1&cursor={next}")).await;
    assert_eq!((&page["items"][0]["number"], &rest["items"][0]["number"]), (&json!(FIRST), &json!(SECOND)));
    assert_eq!(world.read(&format!("/tenants/demo{path}/numbers?state=error")).await["items"], json!([]));
    assert_eq!((&queued["tenant"], &queued["id"]), (&json!(world.tenant.to_string()), &made["id"]));
    let audit = world.read("/tenants/demo/audit?noun=port_order").await;
    assert_eq!(audit["items"][0]["action"], "create");
    assert!(!audit.to_string().contains("4711"));
}

pub async fn sign_and_submit(world: &World, path: &str) {
    let signed = world.post_json(&format!("{path}/sign"), &json!({ "signed_by": "Ann Admin" })).await;
    assert_eq!(signed.status.as_u16(), 200, "{}", signed.text);
    let submitted = world.post(&format!("{path}/submit")).await;
    assert_eq!(submitted.status.as_u16(), 200, "{}", submitted.text);
}

async fn report(world: &World, order: &Value, body: Value) -> Reply {
    world.post_json(&format!("/port-orders/{}/status", id(order)), &body).await
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

/// A bill that is attached to an order of the demo organization.
pub async fn attached(world: &World, order: &str) -> String {
    let path = format!("/tenants/demo/port-orders/{order}/documents?kind=bill&file_name=June.pdf");
    let bill = send(world.request(Method::POST, &path).bearer_auth(TOKEN).body("%PDF-1.7")).await;
    assert_eq!(bill.status.as_u16(), 201, "{}", bill.text);
    id(&bill.body).to_owned()
}

pub fn order() -> Value {
    json!({
        "name": "Seattle", "country": "US", "kind": "geographic", "usage": "user", "losing_carrier": "Old Telecom",
        "account_number": "123456", "billing_number": FIRST, "organization_name": "Example",
        "authorized_user": "Ann Admin", "service_address": "1 Main St, Seattle WA",
        "numbers": [{ "number": FIRST }, { "number": SECOND }],
    })
}
