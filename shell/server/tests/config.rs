mod parse;

use std::path::PathBuf;
use std::time::Duration;

use figment::Jail;

use server::config::*;

#[test]
fn without_settings_the_defaults_hold() {
    Jail::expect_with(|_| {
        let config = Config::load(&Flags::default()).unwrap();
        assert_eq!(config.http, "127.0.0.1:8080".parse().unwrap());
        assert_eq!(config.sip, "127.0.0.1:5060".parse().unwrap());
        assert_eq!(config.database, "sqlite://data/trunkline.db");
        assert_eq!(config.media_ports, 20_000..=39_999);
        assert!(config.tls.is_none() && config.demo.is_none() && config.mail.is_none());
        Ok(())
    });
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    Jail::expect_with(|jail| {
        jail.create_file(
            "trunkline.toml",
            "http = \"127.0.0.1:1\"\nsip = \"127.0.0.1:2\"\ndrain_timeout = 90\nmedia_ports = \"4000-4009\"",
        )?;
        jail.set_env("TRUNKLINE_HTTP", "127.0.0.1:11");
        jail.set_env("TRUNKLINE_SIP", "127.0.0.1:12");
        jail.set_env("TRUNKLINE_DEMO", "true");
        jail.set_env("TRUNKLINE_DEMO_PASSWORD", "secret");
        jail.set_env("TRUNKLINE_URL", "http://elsewhere");
        let flags = Flags { sip: Some("127.0.0.1:22".to_owned()), ..Flags::default() };
        let config = Config::load(&flags).unwrap();
        assert_eq!(config.http.port(), 11);
        assert_eq!(config.sip.port(), 22);
        assert_eq!(config.media_ports, 4_000..=4_009);
        assert_eq!(config.drain_timeout, Duration::from_secs(90));
        assert_eq!(config.demo.unwrap().password.unwrap().expose(), "secret");
        Ok(())
    });
}

#[test]
fn an_error_names_the_setting_its_value_its_origin_and_the_remedy() {
    Jail::expect_with(|jail| {
        let words = |flags: &Flags| Config::load(flags).unwrap_err().to_string();
        let flag = Flags { media_ports: Some("40000-30000".to_owned()), ..Flags::default() };
        assert_eq!(
            words(&flag),
            "--media-ports: media_ports is \"40000-30000\", which is not a range of ports from 1024 with room for a \
             pair; write for example 20000-39999"
        );
        jail.set_env("TRUNKLINE_SIP", "localhost");
        let env = words(&Flags::default());
        assert!(env.starts_with("environment variable TRUNKLINE_SIP: sip is \"localhost\""), "{env}");
        jail.create_file("trunkline.toml", "data-dir = \"x\"")?;
        let file = words(&Flags::default());
        assert!(file.contains("trunkline.toml") && file.ends_with("write data_dir"), "{file}");
        let missing = Flags { config: Some("nowhere.toml".into()), ..Flags::default() };
        assert!(words(&missing).contains("nowhere.toml does not exist"));
        Ok(())
    });
}

#[test]
fn a_mail_password_is_not_shown_in_an_error() {
    Jail::expect_with(|_| {
        let flags = Flags { smtp: Some("http://user:pass-word@host".to_owned()), ..Flags::default() };
        assert!(!Config::load(&flags).unwrap_err().to_string().contains("pass-word"));
        Ok(())
    });
}

#[test]
fn tls_needs_a_certificate_and_a_key() {
    Jail::expect_with(|_| {
        let mut flags = Flags { sips: Some("127.0.0.1:5061".to_owned()), ..Flags::default() };
        flags.tls_cert = Some("cert.pem".to_owned());
        assert!(Config::load(&flags).unwrap_err().to_string().contains("tls_key is not given"));
        flags.tls_key = Some("key.pem".to_owned());
        assert_eq!(Config::load(&flags).unwrap().tls.unwrap().key, PathBuf::from("key.pem"));
        Ok(())
    });
}
