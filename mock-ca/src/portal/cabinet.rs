//! «Работа с заявкой»: list, card, request, installation, papers. Everybody sees the applications of their own phone only.

use http::{Method, Response, StatusCode};

use super::{Visit, form, pages, plugin};
use crate::documents::Document;
use crate::office::{NOT_ACCEPTED, Sent};
use crate::order::{Order, Status, irkutsk};
use crate::paper::Unprinted;
use crate::{reply, revocation};

impl Visit<'_> {
    /// Everything behind the login.
    pub(super) fn inside(&mut self, path: &[&str]) -> Response<Vec<u8>> {
        let Some(phone) = self.user() else {
            return self.phone_form(self.ended_alert());
        };
        let posted = self.request.method() == Method::POST;
        if posted && self.form_session().is_none() {
            return self.foreign_form();
        }
        match path {
            ["work"] => reply::page(StatusCode::OK, &pages::Work { who: self.who() }),
            ["applications"] => self.list(&phone),
            ["applications", number, rest @ ..] => match self.own(&phone, number) {
                Some(number) => self.application(number, posted, rest),
                None => self.no_application(),
            },
            _ => self.not_found(),
        }
    }

    fn ended_alert(&self) -> Option<&'static str> {
        self.ended.then_some(super::SESSION_ENDED)
    }

    fn application(&mut self, number: u32, posted: bool, path: &[&str]) -> Response<Vec<u8>> {
        match (posted, path) {
            (false, []) => self.card(number, None),
            (false, ["request"]) => self.request_page(number),
            (true, ["request"]) => self.request_pressed(number),
            (false, ["install"]) => self.install_page(number),
            (true, ["install"]) => self.install_pressed(number),
            (false, ["papers"]) => self.papers(number),
            (false, ["documents", name]) => self.document(number, name),
            (false, [file]) => self.authority_file(number, file),
            _ => self.not_found(),
        }
    }

    /// The number, if the application is this phone's. Others' applications look like none at all.
    pub(super) fn own(&self, phone: &str, number: &str) -> Option<u32> {
        let number = number.parse().ok()?;
        let order = self.mock.state.orders.get(&number)?;
        (order.application.phone == phone).then_some(number)
    }

    fn no_application(&mut self) -> Response<Vec<u8>> {
        let alert = Some("Заявка не найдена");
        reply::page(
            StatusCode::NOT_FOUND,
            &pages::Message {
                who: self.who(),
                title: "Заявка",
                alert,
            },
        )
    }

    pub(super) fn order(&self, number: u32) -> &Order {
        &self.mock.state.orders[&number]
    }

    pub(super) fn status(&self, number: u32) -> Status {
        self.order(number).status(self.now)
    }

    /// Рис. 5, 14.
    fn list(&mut self, phone: &str) -> Response<Vec<u8>> {
        let who = self.who();
        let filter = pages::Filter::from_query(|name| form::query(self.request, name));
        let words = &self.mock.settings.statuses;
        let own = self
            .mock
            .state
            .orders
            .values()
            .filter(|order| order.application.phone == phone);
        let rows = own
            .map(|order| pages::Row::of(words, order, self.now))
            .filter(|row| filter.lets_through(row))
            .collect();
        reply::page(
            StatusCode::OK,
            &pages::List {
                words,
                who,
                filter,
                rows,
            },
        )
    }

    /// Рис. 6, 15.
    fn card(&mut self, number: u32, alert: Option<&str>) -> Response<Vec<u8>> {
        let who = self.who();
        let words = &self.mock.settings.statuses;
        reply::page(
            StatusCode::OK,
            &pages::Card::of(who, words, self.order(number), self.now, alert),
        )
    }

    /// Рис. 7.
    fn request_page(&mut self, number: u32) -> Response<Vec<u8>> {
        match self.status(number) {
            Status::Accepted => {}
            Status::New => return self.card(number, Some(NOT_ACCEPTED)),
            _ => return self.card(number, Some(REQUEST_SENT)),
        }
        let container = self.order(number).application.container.clone();
        self.request_form(number, &container, "", "", None)
    }

    fn request_form(
        &mut self,
        number: u32,
        container: &str,
        pair: &str,
        pem: &str,
        alert: Option<&str>,
    ) -> Response<Vec<u8>> {
        let (who, token, bridge) = (self.who(), self.token(), self.bridge());
        let application = &self.order(number).application;
        let page = pages::RequestForm {
            who,
            token,
            alert,
            application,
            container,
            pair,
            pem,
        };
        match bridge {
            Some(bridge) if alert.is_none() => {
                plugin::page(&pages::RequestByPlugin::of(page, &bridge), &bridge)
            }
            _ => reply::page(StatusCode::OK, &page),
        }
    }

    /// «Создать ключевую пару» (Рис. 8), which changes nothing here, or «Создать запрос».
    fn request_pressed(&mut self, number: u32) -> Response<Vec<u8>> {
        let container = self.short_field("container");
        let pem = form::field(self.request, "pem").unwrap_or_default();
        if form::field(self.request, "press").as_deref() == Some("pair") {
            return self.request_form(number, &container, &container, &pem, None);
        }
        let pair = self.short_field("pair");
        let Some(der) = form::certification_request(&pem) else {
            return self.request_form(number, &container, &pair, &pem, Some(NO_REQUEST));
        };
        match self.mock.submit(self.now, number, &der, &container) {
            Sent::Taken => reply::page(
                StatusCode::OK,
                &pages::SentPage {
                    who: self.who(),
                    number,
                },
            ),
            Sent::AnswerLost => self.card(number, Some(ANSWER_LOST)),
            Sent::Refused(why) if self.status(number) == Status::Accepted => {
                self.request_form(number, &container, &pair, &pem, Some(&why))
            }
            Sent::Refused(why) => self.card(number, Some(&why)),
        }
    }

    /// A typed name; what is too long for one is cut.
    fn short_field(&self, name: &str) -> String {
        form::field(self.request, name)
            .unwrap_or_default()
            .trim()
            .chars()
            .take(MAX_NAME_CHARS)
            .collect()
    }

    /// Рис. 16.
    fn install_page(&mut self, number: u32) -> Response<Vec<u8>> {
        let (who, token, bridge) = (self.who(), self.token(), self.bridge());
        let order = self.order(number);
        match order.shown_certificate(self.now) {
            Some(issued) => {
                let certificate_pem = form::pem("CERTIFICATE", &issued.der);
                let page = pages::InstallForm {
                    who,
                    token,
                    number,
                    pair: order.key_pair_label(),
                    certificate_pem,
                };
                match bridge {
                    Some(bridge) => {
                        plugin::page(&pages::InstallByPlugin::of(page, &bridge), &bridge)
                    }
                    None => reply::page(StatusCode::OK, &page),
                }
            }
            None => self.card(number, Some(NOT_ISSUED)),
        }
    }

    /// «Загрузить сертификат» (Рис. 17): the applicant's word that the token has it. The first time counts.
    fn install_pressed(&mut self, number: u32) -> Response<Vec<u8>> {
        if self.order(number).shown_certificate(self.now).is_none() {
            return self.card(number, Some(NOT_ISSUED));
        }
        let now = self.now;
        if let Some(order) = self.mock.state.orders.get_mut(&number) {
            order.installed_at.get_or_insert(now);
        }
        reply::page(
            StatusCode::OK,
            &pages::Installed {
                who: self.who(),
                number,
            },
        )
    }

    /// The one link of Рис. 15 that stands for two papers.
    fn papers(&mut self, number: u32) -> Response<Vec<u8>> {
        if self.order(number).shown_certificate(self.now).is_none() {
            return self.card(number, Some(NOT_ISSUED));
        }
        reply::page(
            StatusCode::OK,
            &pages::Papers {
                who: self.who(),
                number,
            },
        )
    }

    fn document(&mut self, number: u32, name: &str) -> Response<Vec<u8>> {
        match self.paper(number, name) {
            Some(paper) => paper,
            None => self.not_found(),
        }
    }

    /// A document by its file's name, if it is offered by now.
    pub(super) fn paper(&self, number: u32, name: &str) -> Option<Response<Vec<u8>>> {
        let order = self.order(number);
        let certificate = order
            .shown_certificate(self.now)
            .map(|issued| issued.der.as_slice());
        let offered = |document: &Document| pages::before_issue(*document) || certificate.is_some();
        let document = Document::ALL
            .into_iter()
            .filter(offered)
            .find(|document| document.file_name() == name)?;
        let submission = order.submission.as_ref();
        let mut application = order.application.clone();
        // The papers name the container that the request came with, whatever was proposed.
        if let Some(submission) = submission {
            application.container.clone_from(&submission.container);
        }
        let paper = Unprinted {
            document,
            application,
            date: self.now.to_zoned(irkutsk()).date(),
            request_der: submission.map(|submission| submission.request_der.clone()),
            certificate_der: certificate.map(<[u8]>::to_vec),
        };
        Some(paper.into_response())
    }

    /// The certificate and what is needed to trust it.
    fn authority_file(&mut self, number: u32, name: &str) -> Response<Vec<u8>> {
        let order = self.order(number);
        let Some(issued) = order.shown_certificate(self.now) else {
            return self.not_found();
        };
        let (der, profile) = (issued.der.clone(), order.application.profile.clone());
        let list_at = revocation::aged(self.mock, self.now);
        let authority = self.mock.authorities.of(&self.mock.settings, &profile);
        match name {
            "certificate" => reply::file("application/pkix-cert", &format!("{number}.cer"), der),
            "chain" => reply::file(
                "application/x-pem-file",
                "forus-test.pem",
                authority.chain_pem().into_bytes(),
            ),
            "crl" => reply::file(
                "application/pkix-crl",
                "forus-test.crl",
                authority.crl(list_at),
            ),
            _ => self.not_found(),
        }
    }
}

/// A container's name as long as a label on the token can be.
pub(super) const MAX_NAME_CHARS: usize = 128;

// Texts that the manual does not print: assumed.
const REQUEST_SENT: &str = "По этой заявке запрос на сертификат уже отправлен";
pub(super) const NOT_ISSUED: &str = "Сертификат по этой заявке ещё не выпущен";
pub(super) const NO_REQUEST: &str = "Запрос на сертификат не найден: нужен текст от BEGIN CERTIFICATE REQUEST до END CERTIFICATE REQUEST";
pub(super) const ANSWER_LOST: &str =
    "Нет ответа удостоверяющего центра. Проверьте состояние заявки";
