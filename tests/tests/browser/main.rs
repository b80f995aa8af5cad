//! The real program in a real browser: what people do in a page, with passkeys, cookies and sockets as Chromium has them.

mod foreign_page;
mod page;
mod passkeys;
mod reference;
mod site;
