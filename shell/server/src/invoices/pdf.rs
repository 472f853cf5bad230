//! An invoice on paper: PDF 1.4 with the fonts that every reader has, text and nothing else. ISO 32000-1 §7 and §9
//!
//! The fonts know the letters of Western Europe; others become a question mark, and stand in the file for programs as they
//! are.

use phone::money::invoice::{Invoice, Party};

/// Points of A4.
const WIDTH: u32 = 595;
const HEIGHT: u32 = 842;
const LEFT: u32 = 56;
const RIGHT: u32 = 539;
const TOP: u32 = 786;
const BOTTOM: u32 = 70;
const LEADING: u32 = 14;

/// The whole file.
pub fn pdf(invoice: &Invoice) -> Vec<u8> {
    let mut paper = Paper::default();
    let (title, about, due) = match &invoice.credits {
        Some(credited) => ("Credit note", ("Payment", credited.payment.to_string()), credited.how.words()),
        None => ("Invoice", ("Calls from", format!("{} to {}", invoice.first_day, invoice.last_day)), "Due"),
    };
    paper.write(LEFT, 16, Font::Bold, &format!("{title} {}", invoice.number()));
    paper.down(2);
    for (label, value) in [("Issued", invoice.issued_at.strftime("%F").to_string()), about] {
        paper.write(LEFT, 10, Font::Plain, label);
        paper.write(LEFT + 90, 10, Font::Plain, &value);
        paper.down(1);
    }
    paper.down(1);
    for (label, party) in [("From", &invoice.seller), ("To", &invoice.buyer)] {
        paper.write(LEFT, 10, Font::Bold, label);
        for line in address(party) {
            paper.write(LEFT + 90, 10, Font::Plain, &line);
            paper.down(1);
        }
        paper.down(1);
    }
    let currency = invoice.currency.as_str();
    let is_of_calls = invoice.credits.is_none();
    let heading = |paper: &mut Paper| {
        if is_of_calls {
            paper.write(LEFT, 10, Font::Bold, "Calls to");
            paper.write_to(RIGHT - 170, 10, Font::Bold, "Calls");
            paper.write_to(RIGHT - 90, 10, Font::Bold, "Minutes");
        }
        paper.write_to(RIGHT, 10, Font::Bold, currency);
        paper.down(1);
    };
    heading(&mut paper);
    for line in &invoice.lines {
        if paper.is_full() {
            paper.turn();
            heading(&mut paper);
        }
        let words: String = line.words.chars().take(48).collect();
        paper.write(LEFT, 10, Font::Plain, &words);
        if is_of_calls {
            paper.write_to(RIGHT - 170, 10, Font::Plain, &line.n_calls.to_string());
            paper.write_to(RIGHT - 90, 10, Font::Plain, &format!("{}:{:02}", line.secs / 60, line.secs % 60));
        }
        paper.write_to(RIGHT, 10, Font::Plain, &super::written(line.amount));
        paper.down(1);
    }
    paper.down(1);
    let mut sums = Vec::new();
    if is_of_calls {
        sums.push(("Sum".to_owned(), invoice.sum(), Font::Plain));
        sums.push(("Paid from credit".to_owned(), invoice.paid_from_credit.negated(), Font::Plain));
        sums.push(("Net".to_owned(), invoice.net, Font::Plain));
    }
    let taxes = invoice.taxes.iter();
    sums.extend(taxes.map(|line| (format!("{} {} %", line.tax.name, line.tax.percent()), line.amount, Font::Plain)));
    sums.push((format!("{due} in {currency}"), invoice.gross, Font::Bold));
    if let Some(unrounded) = invoice.unrounded {
        sums.push(("Before rounding to two digits".to_owned(), unrounded, Font::Plain));
    }
    for (label, amount, font) in sums {
        if paper.is_full() {
            paper.turn();
        }
        paper.write(LEFT + 250, 10, font, &label);
        paper.write_to(RIGHT, 10, font, &super::written(amount));
        paper.down(1);
    }
    paper.file()
}

fn address(party: &Party) -> Vec<String> {
    let place = format!("{} {}", party.postal_code, party.city);
    let tax = if party.tax_id.is_empty() { String::new() } else { format!("Tax id {}", party.tax_id) };
    let lines = [party.name.clone(), party.street.clone(), place, party.country.clone(), tax];
    lines.into_iter().filter(|line| !line.trim().is_empty()).collect()
}

#[derive(Clone, Copy)]
enum Font {
    Bold,
    Plain,
}

/// Pages as they are written, from the top down.
struct Paper {
    pages: Vec<String>,
    y: u32,
}

impl Default for Paper {
    fn default() -> Self {
        Self { pages: vec![String::new()], y: TOP }
    }
}

impl Paper {
    fn write(&mut self, x: u32, size: u32, font: Font, text: &str) {
        let font = match font {
            Font::Bold => "F2",
            Font::Plain => "F1",
        };
        let y = self.y;
        if let Some(page) = self.pages.last_mut() {
            page.push_str(&format!("BT /{font} {size} Tf {x} {y} Td ({}) Tj ET\n", escaped(text)));
        }
    }

    /// Writes so that the text ends at a place: figures, whose widths are known.
    fn write_to(&mut self, right: u32, size: u32, font: Font, text: &str) {
        let width = text.chars().map(width_of).sum::<u32>() * size / 1_000;
        self.write(right.saturating_sub(width), size, font, text);
    }

    fn down(&mut self, n_lines: u32) {
        self.y = self.y.saturating_sub(n_lines * LEADING);
    }

    fn is_full(&self) -> bool {
        self.y < BOTTOM
    }

    fn turn(&mut self) {
        self.pages.push(String::new());
        self.y = TOP;
    }

    fn file(self) -> Vec<u8> {
        let n_pages = self.pages.len();
        let first_page = 5;
        let kids: Vec<String> = (0..n_pages).map(|index| format!("{} 0 R", first_page + 2 * index)).collect();
        let font = |name| format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>");
        let mut objects = vec![
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            format!("<< /Type /Pages /Kids [{}] /Count {n_pages} >>", kids.join(" ")),
            font("Helvetica"),
            font("Helvetica-Bold"),
        ];
        for (index, page) in self.pages.into_iter().enumerate() {
            let content = first_page + 2 * index + 1;
            objects.push(format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {content} 0 R \
                 /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
            ));
            objects.push(format!("<< /Length {} >>\nstream\n{page}endstream", page.len()));
        }
        let mut file = b"%PDF-1.4\n".to_vec();
        let mut places = Vec::new();
        for (number, object) in (1..).zip(&objects) {
            places.push(file.len());
            file.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
        }
        let table = file.len();
        file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
        for place in &places {
            file.extend(format!("{place:010} 00000 n \n").bytes());
        }
        let size = places.len() + 1;
        file.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").bytes());
        file
    }
}

/// Text between parentheses, in ASCII: letters beyond it by their octal place in the encoding. ISO 32000-1 §7.3.4.2
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        match char {
            '(' | ')' | '\\' => {
                out.push('\\');
                out.push(char);
            }
            ' '..='~' => out.push(char),
            '\u{20ac}' => out.push_str("\\200"),
            '\u{2013}' => out.push_str("\\226"),
            '\u{2019}' => out.push_str("\\222"),
            '\u{a0}'..='\u{ff}' => out.push_str(&format!("\\{:03o}", u32::from(char))),
            _ => out.push('?'),
        }
    }
    out
}

/// Thousandths of the size, of Helvetica; its bold figures are as wide.
fn width_of(char: char) -> u32 {
    match char {
        '0'..='9' => 556,
        '.' | ',' | ':' | ' ' => 278,
        '-' => 333,
        'M' => 833,
        'i' | 'l' => 222,
        'C' | 'U' | 'D' | 'R' => 722,
        'S' | 'E' => 667,
        's' => 500,
        _ => 556,
    }
}
