//! Kamailio as a session border controller and as the carrier behind it: mutual TLS with certificates of one authority, its
//! name in Contact, and SRTP to a real phone at the other end.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::phone::{BEHIND_BORDER, Phone, Setup};
use crate::server::{BORDER_NAME, SIPS, Server};
use crate::wait;

const LOW: u32 = 440;
const HIGH: u32 = 880;
/// Where the border controller listens to us, and to what is behind it.
const SECURE: &str = "127.0.0.1:5062";
pub const BEHIND: &str = "127.0.0.1:5068";

#[test]
fn a_border_controller_is_known_by_its_certificate_and_both_sides_hear_each_other_encrypted() {
    let server = Server::start_vouched();
    let _border = Border::start(server.directory.path());
    server.cli(&[
        "trunk",
        "create",
        "border",
        "--host",
        BORDER_NAME,
        "--port",
        "5062",
        "--transport",
        "tls",
        "--srtp",
        "required",
        "--set",
        "profile=strict",
        "--set",
        "auth=mutual_tls",
    ]);
    server.cli(&["trunk", "change", "border", "--priority", "1"]);
    let tested = server.cli(&["trunk", "test", "border"]);
    assert_eq!(tested["passed"], true, "{tested:#}");

    let mut outside = Phone::start(Setup { srtp: true, ..Setup::of(BEHIND_BORDER, LOW) });
    let mut bob = Phone::start(Setup::of("102", HIGH));
    server.wait_until_registered("102");
    // In, and out again.
    outside.dial("+14255550102");
    talk(&mut outside, &mut bob);
    bob.dial("+12065550111");
    talk(&mut bob, &mut outside);
    for (phone, tone) in [(bob, LOW), (outside, HIGH)] {
        let heard = phone.heard();
        assert_eq!(heard.len(), 2);
        for recording in heard {
            assert!(recording.tone_ms(tone) >= 1_000, "{tone} Hz for {} ms", recording.tone_ms(tone));
        }
    }
    let records = wait::until("both records are written", || Some(server.records()).filter(|all| all.len() == 2));
    let trunk = server.api("trunks?limit=100");
    let trunk =
        trunk["items"].as_array().unwrap().iter().find(|trunk| trunk["name"] == "border").unwrap()["id"].clone();
    for record in &records {
        let leg = record["legs"].as_array().unwrap().iter().find(|leg| leg["trunk"] == trunk);
        assert_eq!(leg.map(|leg| &leg["encrypted"]), Some(&true.into()), "{record:#}");
        let path = format!("call-records/{}/ladder", record["id"].as_str().unwrap());
        let ladder = wait::until("the ladder is written", || server.api_if_there(&path));
        let messages = ladder["messages"].as_array().unwrap();
        let of_border: Vec<_> = messages.iter().filter(|it| it["from"] == "border" || it["to"] == "border").collect();
        assert!(of_border.iter().all(|it| it["transport"] == "TLS"), "{ladder:#}");
        assert!(of_border.iter().any(|it| it["message"] == "200 INVITE"), "{ladder:#}");
        let keys = of_border.iter().filter(|it| it["text"].as_str().unwrap().contains("inline:"));
        assert!(
            keys.clone().count() > 0 && keys.clone().all(|it| it["text"].as_str().unwrap().contains("inline:(hidden)"))
        );
        let ours =
            of_border.iter().find(|it| it["from"] == "us" && it["text"].as_str().unwrap().contains("\nContact: "));
        assert!(
            ours.unwrap()["text"].as_str().unwrap().contains("@sip.pbx.example:25061;transport=tls>"),
            "{ladder:#}"
        );
    }
}

/// The called phone answers by itself.
fn talk(caller: &mut Phone, called: &mut Phone) {
    called.wait_for("CALL_ESTABLISHED");
    caller.wait_for("CALL_ESTABLISHED");
    wait::listen(Duration::from_millis(2_500));
    caller.hang_up();
    called.wait_for("CALL_CLOSED");
    caller.wait_for("CALL_CLOSED");
}

/// A running Kamailio; ends when dropped.
struct Border(Child);

impl Border {
    /// With the certificates that the server's authority made for it.
    fn start(directory: &Path) -> Self {
        let (tls, config) = (directory.join("border-tls.cfg"), directory.join("border.cfg"));
        std::fs::write(&tls, tls_settings(directory)).unwrap();
        std::fs::write(&config, settings(&tls)).unwrap();
        let run = directory.join("border");
        std::fs::create_dir(&run).unwrap();
        let log = std::fs::File::create(directory.join("border.log")).unwrap();
        let child = Command::new("kamailio")
            .args(["-DD", "-E", "-m", "32", "-M", "4", "-n", "1", "-f"])
            .arg(&config)
            .arg("-Y")
            .arg(&run)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("kamailio is installed");
        let border = Self(child);
        wait::until("the border controller listens", || std::net::TcpStream::connect(SECURE).ok());
        border
    }
}

impl Drop for Border {
    fn drop(&mut self) {
        // It ends its own processes when asked to.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

fn tls_settings(directory: &Path) -> String {
    let at = directory.display();
    let side = |name: &str| {
        format!(
            "[{name}:default]\nmethod = TLSv1.2+\nverify_certificate = yes\nrequire_certificate = yes\n\
             private_key = {at}/border-key.pem\ncertificate = {at}/border-cert.pem\nca_list = {at}/ca.pem\n"
        )
    };
    side("server") + &side("client")
}

/// It hides each side from the other, as border controllers do: who is behind it is known by its name only.
fn settings(tls: &Path) -> String {
    let phone = BEHIND_BORDER_AT;
    let tls = tls.display();
    format!(
        r#"debug=1
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
enable_tls=yes
listen=udp:{BEHIND}
listen=tls:{SECURE}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/:/usr/lib/aarch64-linux-gnu/kamailio/modules/"
loadmodule "tls.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
modparam("tls", "config", "{tls}")
request_route {{
  if (is_method("OPTIONS")) {{
    sl_send_reply("200", "OK");
    exit;
  }}
  if ($proto == "tls") {{
    $ru = "sip:+12065550111@{phone}";
    route(INSIDE);
  }} else {{
    $ru = "sip:" + $rU + "@sip.pbx.example";
    $du = "sip:{SIPS};transport=tls";
    route(OUTSIDE);
  }}
  t_on_reply("HIDE");
  t_relay();
}}
route[INSIDE] {{
  remove_hf("Contact");
  append_hf("Contact: <sip:core@{BEHIND}>\r\n");
}}
route[OUTSIDE] {{
  remove_hf("Contact");
  append_hf("Contact: <sip:+12065550111@{BORDER_NAME}:5062;transport=tls>\r\n");
}}
onreply_route[HIDE] {{
  if ($proto == "tls") {{
    route(INSIDE);
  }} else {{
    route(OUTSIDE);
  }}
}}
"#
    )
}

/// Where the phone behind it listens.
const BEHIND_BORDER_AT: &str = "127.0.0.1:5072";
