//! Tells of licenses before they fail people: in the audit, to webhooks, and by mail to who wants it. Each is told once.

use jiff::Timestamp;
use phone::Directory;
use phone::people::license::notice::{Notice, mail_problems};
use phone::rule::Broken as _;
use store::{Actor, Store, WriteError};

use super::post::{Letter, Post};
use super::{Access, Refused};

impl Access {
    /// What there is to look after, and who is mailed about it.
    pub async fn license_notices(&self) -> Result<(Vec<Notice>, Vec<String>), Refused> {
        let now = Timestamp::now();
        let standing = self.store().license_standing(self.tenant(), now).await?;
        Ok((standing.notices(now), self.store().license_watch(self.tenant()).await?.mails))
    }

    /// Sets who is mailed.
    pub async fn save_license_mails(&self, mails: &[String]) -> Result<(), Refused> {
        Refused::for_problems(mail_problems(mails))?;
        let mut tx = self.change().await?;
        tx.save_license_mails(self.tenant(), mails).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Tells what was not told yet, organization by organization; how much.
pub async fn look(
    store: &Store,
    directory: &Directory,
    post: Option<&Post>,
    now: Timestamp,
) -> Result<usize, WriteError> {
    let mut n_told = 0;
    for tenant in store.tenants_with_licenses().await? {
        let notices = store.license_standing(tenant, now).await?.notices(now);
        let mut tx = store.begin_background(Actor::System, now).await?;
        let (new, mails) = tx.tell_of_licenses(tenant, &notices).await?;
        tx.commit().await?;
        n_told += new.len();
        let Some(post) = post else { continue };
        let name = directory.tenant(tenant).map(|tenant| tenant.profile.name.clone()).unwrap_or_default();
        for notice in new {
            let key = format!("license-{tenant}-{}-{}", notice.key().replace(' ', "-"), now.as_second());
            for to in &mails {
                post.send(to, &letter(&name, &notice), &key).await;
            }
        }
    }
    Ok(n_told)
}

fn letter(organization: &str, notice: &Notice) -> Letter {
    Letter {
        subject: format!("{organization}: {notice}"),
        text: format!("{notice}.\n\nWhat to do: {}.\n", notice.fix()),
    }
}
