//! A browser in front of the server: it keeps its cookie, and its pages say the token of their session.

use axum::http::StatusCode;
use reqwest::{Method, header};
use serde_json::{Value, json};

use super::world::{Reply, World};

pub struct Browser<'a> {
    world: &'a World,
    /// `name=value`, as it is sent.
    pub cookie: Option<String>,
    /// The last that was set, with its attributes.
    pub set_cookie: String,
    pub csrf: Option<String>,
}

impl<'a> Browser<'a> {
    pub fn new(world: &'a World) -> Self {
        Self { world, cookie: None, set_cookie: String::new(), csrf: None }
    }

    /// One in which somebody signed in with a password.
    pub async fn signed_in(world: &'a World, email: &str, password: &str) -> Self {
        let mut browser = Self::new(world);
        let reply = browser.sign_in(email, password).await;
        assert_eq!((reply.status, &reply.body["state"]), (StatusCode::OK, &json!("signed_in")), "{}", reply.text);
        browser
    }

    /// One whose holder took up the invitation of a new account of the organization.
    pub async fn invited(world: &'a World, email: &str, role: &str, password: &str) -> Self {
        let body = json!({ "email": email, "name": email, "roles": [{ "role": role }] });
        let made = world.post_json("/tenants/demo/accounts", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let mut browser = Self::new(world);
        let reply = browser.accept(&made.body["invitation"]["link"], password).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        browser
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Reply {
        self.send(Method::POST, "/sign-in", Some(&json!({ "email": email, "password": password }))).await
    }

    pub async fn accept(&mut self, link: &Value, password: &str) -> Reply {
        let token = link.as_str().unwrap().rsplit('#').next().unwrap();
        self.send(Method::POST, "/sign-in/invitation", Some(&json!({ "token": token, "password": password }))).await
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&mut self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn send(&mut self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        let mut request = self.world.request(method, path).header(header::USER_AGENT, "Browser/1.0");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("X-CSRF-Token", csrf);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        if let Some(set) = response.headers().get(header::SET_COOKIE) {
            self.set_cookie = set.to_str().unwrap().to_owned();
            let pair = self.set_cookie.split(';').next().unwrap().to_owned();
            self.cookie = Some(pair).filter(|pair| !pair.ends_with('='));
        }
        let reply = super::world::read(response).await;
        if let Some(csrf) = reply.body["csrf_token"].as_str() {
            self.csrf = Some(csrf.to_owned());
        }
        reply
    }
}
