//! Vouchers for credit, for who runs the server to give away or sell.

use jiff::Timestamp;
use phone::money::{Currency, Micros};
use rand::TryRng as _;
use store::{Page, Paging, Voucher};

use super::{Caller, Permission, Refused};

/// Vouchers of one request.
const VOUCHERS_MAX: u32 = 1_000;
/// Letters and digits that nobody takes for another: five bits each.
const SYMBOLS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Eighty bits: nobody finds one by trying.
const CODE_SYMBOLS: usize = 16;

impl Caller {
    /// Vouchers, without their codes.
    pub async fn vouchers(&self, paging: &Paging) -> Result<Page<Voucher>, Refused> {
        Ok(self.begin_platform()?.store.vouchers(paging).await?)
    }

    /// Makes vouchers; their codes are told this once.
    pub async fn create_vouchers(
        &self,
        count: u32,
        (currency, amount): (Currency, Micros),
        expires_at: Option<Timestamp>,
    ) -> Result<Vec<(Voucher, String)>, Refused> {
        let admin = self.begin_platform_change(Permission::Configure)?;
        if !(1..=VOUCHERS_MAX).contains(&count) {
            let words = format!("1 to {VOUCHERS_MAX} vouchers in one request");
            return Err(Refused::field("count", "voucher.count_out_of_range", words));
        }
        if !amount.is_positive() {
            return Err(Refused::by_rule(&phone::money::ledger::Refusal::NotPositive));
        }
        let mut tx = admin.store.begin(self.actor.clone(), Timestamp::now()).await?;
        let mut made = Vec::new();
        for _ in 0..count {
            let code = new_code()?;
            made.push((tx.add_voucher(&code, (currency, amount), expires_at).await?, code));
        }
        tx.commit().await?;
        Ok(made)
    }
}

/// Such as `ABCD-EFGH-JKLM-NPQR`.
fn new_code() -> Result<String, Refused> {
    let mut bytes = [0; CODE_SYMBOLS];
    let failed = |error: rand::rngs::SysError| Refused::Failed { cause: error.to_string() };
    rand::rngs::SysRng.try_fill_bytes(&mut bytes).map_err(failed)?;
    let symbol = |byte: &u8| SYMBOLS.get(usize::from(byte % 32)).map_or('A', |symbol| char::from(*symbol));
    let groups = bytes.chunks(4).map(|group| group.iter().map(symbol).collect::<String>());
    Ok(groups.collect::<Vec<_>>().join("-"))
}
