//! One function for each message of the files, so that a missing value does not compile and an unused message is told.

use super::text::{Text, Value};

macro_rules! texts {
    ($($name:ident($($value:ident),*);)*) => {
        $(
        #[cfg_attr(
            not(feature = "pcsc"),
            allow(dead_code, reason = "some are about PC/SC alone")
        )]
        pub(crate) fn $name($($value: impl Into<Value>),*) -> Text {
            named(stringify!($name), vec![$((stringify!($value), $value.into())),*])
        })*

        /// Every message above with its variables.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &[&str])] =
            &[$((stringify!($name), &[$(stringify!($value)),*])),*];
    };
}

fn named(name: &'static str, values: Vec<(&'static str, Value)>) -> Text {
    Text::Message(name.replace('_', "-").into(), values)
}

/// A numbered step as the manual words it.
pub(crate) fn step(number: &str) -> Option<Text> {
    let known = STEPS.contains(&number);
    known.then(|| Text::Message(of_number("step", number).into(), Vec::new()))
}

/// Why a numbered step of chapter 1.1 is not needed.
pub(crate) fn preparation(number: &str) -> Text {
    Text::Message(of_number("preparation", number).into(), Vec::new())
}

fn of_number(family: &str, number: &str) -> String {
    format!("{family}-{}", number.to_lowercase().replace('.', "-"))
}

/// Every numbered step of the manual; `A1` … `A9` are those of Приложение 1, `W1` … `W4` its warnings.
pub const STEPS: [&str; 42] = [
    "W1", "1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5", "1.1.6", "W2", "A1", "A2", "A3", "A4", "A5",
    "A6", "A7", "A8", "A9", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "1.11",
    "1.12", "1.13", "1.14", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "3",
    "W3", "W4",
];

texts! {
    // A failure: what happened, how things stand, what to do.
    report_error(what);
    report_state(state);
    report_next(next);
    next_again();
    next_resume(command);
    next_first_again(deed);
    next_option(option);
    next_option_hint(option, hint);
    hint_ca();
    hint_sms();
    hint_sms_command();
    hint_portal();
    hint_application();
    hint_replace_old();
    hint_pin_file();
    hint_confirm();
    hint_yes();
    hint_vendors_module();
    next_first(deed, command);
    next_first_option(deed, option);
    next_ask(deed, quote);
    deed_connect_token();
    deed_start_service();
    deed_install_library();
    deed_find_pin();
    deed_use_https();
    deed_unblock();
    deed_free_space();
    deed_shorten_name();
    deed_check_phone();
    deed_check_network();
    deed_call_office();
    deed_report();
    deed_finish_other();
    deed_check_folder();
    deed_install_printing();
    deed_check_printer();
    deed_check_module();
    deed_check_clock();
    deed_come_back();
    deed_tunnel_gost();

    // What happened: the enrollment.
    error_other_token(found, wanted);
    error_last_tries(left, role);
    error_old_objects(objects);
    error_several_pairs(label);
    error_key_gone(key);
    error_key_awaited(key, application);
    error_still_there(object);
    error_not_read_back();
    error_probe_failed();
    error_removal_declined();
    error_not_confirmed(serial);
    error_no_code(phone, waited);
    error_no_application();
    error_no_such_application(number);
    error_several_applications(numbers);
    error_not_ready(application, status);
    error_not_ordered(status, reason);
    error_not_issued(application, status);
    error_issue_overdue(application, minutes, status);
    error_request(problem);
    error_certificate_for_another_key(serial);
    error_certificate(problem);
    error_certificates_differ();
    error_not_a_pdf(title);
    error_nothing_sent();
    error_not_installed();
    error_file(path, why);

    // What happened: the token.
    token_wrong_pin(left, role);
    token_wrong_pin_blocked(role);
    token_wrong_pin_untold(role);
    token_pin_blocked(role);
    token_no_such_pin(role);
    token_pin_unfit(octets, role);
    token_not_logged_in(what);
    token_not_permitted(role, what);
    token_not_a_rutoken(sw);
    token_not_initialised();
    token_no_space(what);
    token_name_too_long(octets);
    token_key_not_found(id);
    token_certificate_not_found(file);
    token_unsupported(what);
    token_status_word(sw, command);
    token_damaged(what);
    token_not_written(what);
    token_bad_signature();
    transmit_no_library(why);
    transmit_no_service(why);
    transmit_no_module(module, why);
    transmit_cannot_listen(why);
    transmit_no_reader();
    transmit_no_such_reader(name, found);
    transmit_no_such_reader_nor_other(name);
    transmit_several_readers(readers);
    transmit_no_card(reader);
    transmit_no_card_in_time(reader, waited);
    transmit_in_use(reader);
    transmit_removed();
    transmit_reset();
    transmit_lost(why);

    // What happened: the applicant and the phone.
    applicant_no_pin(role);
    applicant_no_new_pin(role);
    applicant_no_consent();
    applicant_unreadable(what, why);
    printer_no_program(program);
    printer_refused(file, why);

    sms_bad_address(why);
    sms_plain_http(host);
    sms_timed_out(secs);
    sms_status(status);
    sms_unreachable(why);
    sms_not_messages(why);
    sms_command_failed(why);
    sms_command_hangs(secs);
    sms_too_large(limit);
    sms_no_terminal();

    // What happened: the portal.
    portal_bad_address(why);
    address_not_url();
    address_no_host();
    address_scheme(scheme);
    address_other_host(host);
    address_other_port(host);
    address_ca_file(path, why);
    portal_plain_http(host);
    portal_unreachable(why);
    portal_timed_out(secs);
    portal_busy();
    portal_busy_for(secs);
    tls_unknown_issuer(whose);
    tls_expired(whose);
    tls_not_yet_valid(whose);
    tls_other_host(whose);
    tls_nothing_in_common(whose);
    tls_refused(whose, why);
    portal_status(status, what);
    portal_session_expired();
    portal_wrong_code(said);
    portal_code_void(said);
    portal_too_early(said);
    portal_refused(said);
    portal_not_understood(page, missing);
    portal_not_the_cabinet(page, missing);
    portal_too_large(what, limit);

    // What happened: request, certificate, journal.
    request_field(label, oid, problem);
    request_key_usage(name);
    request_algorithm(algorithm);
    request_malformed(why);
    request_differs(what);
    request_signature();
    field_empty();
    field_too_long();
    field_characters();
    field_country();
    field_inn();
    field_ogrn();
    field_ogrnip();
    field_snils();
    field_kpp();
    certificate_malformed(why);
    certificate_not_gost();
    certificate_two_algorithms();
    certificate_no_issuer(issuer);
    certificate_signature(issuer);
    certificate_not_an_issuer(issuer, why);
    certificate_not_yet_valid(from);
    certificate_expired(until);
    certificate_revoked();
    certificate_unknown_critical(oid);
    certificate_not_qualified(what);
    certificate_other_subject(attribute);
    missing_link_or_button(what);
    missing_button(what);
    missing_fields_under(what);
    missing_legible_field(what);
    missing_field(what);
    missing_words(what);
    missing_heading(what);
    journal_file(act, path, why);
    journal_locked(token);
    journal_damaged(line, token);
    journal_version(found, known);
    journal_out_of_order(why);
    journal_other_application(token, application);
    journal_several_applications(token, applications);
    journal_other_portal(token);
    journal_nothing(token);
    journal_none();
    journal_unreadable(path, why);
    journal_rebuilt(token);

    // How things stand.
    stage_half_removed();
    stage_untouched();
    stage_nothing_sent();
    stage_key_ready();
    stage_signed();
    stage_sent();
    stage_ordered();
    stage_issued();
    stage_checked();
    stage_written();
    stage_installed();
    stage_papers_saved();
    stage_abandoned();

    // What the token holds.
    object_certificate(serial, owner, until);
    object_pair(label, id, algorithm);
    object_bare_pair(label, id, algorithm);
    object_unreadable(file, problem);
    object_none();
    plan_deletes(object);
    plan_keeps(object);
    plan_unreadable();

    // Warnings.
    caution_torn_journal();
    caution_journal_rebuilt(why, kept);
    caution_journal_was_open();
    caution_several_owners();
    caution_clock_off(minutes);
    caution_session_ended();
    caution_login_again(error);
    caution_no_code_yet();
    caution_newer_code();
    caution_other_pair_shown(page, token);
    caution_no_answer_to_request(error);
    caution_sent_already(status);
    caution_no_first_sms();
    caution_inbox_silent(error);
    caution_administrator_may_not_delete();
    caution_installed_already();
    caution_no_journal();
    caution_revocation_unknown();
    caution_subject_not_compared();
    caution_chain_ends_at(name);
    caution_ends_soon(days);

    // What is waited for.
    wait_code();
    interrupted();
    interrupted_token();
    wait_resend();
    wait_login();
    wait_list();
    wait_ordered();
    wait_issue();
    wait_gateway();
    wait_portal();
    wait_card(address);

    // Questions.
    question_pin(role);
    question_pin_left(left, role);
    question_new_pin(role);
    question_new_pin_again();
    question_pins_differ();
    question_confirm_format(serial);
    question_default_pin(role);
    question_code(phone);
    question_delete();
    question_abandon();

    // The papers.
    papers_print(titles);
    papers_sign(titles);
    papers_bring();
    caution_handed_over(file);

    status_comes_request();
    status_comes_install();
    status_comes_documents();
    status_comes_signing();
    status_comes_nothing();
    status_damaged(path);
    status_left(minutes);
    status_overdue(minutes);
    status_nothing();

    // Giving up.
    abandon_key(label, id);
    abandon_no_key();
    abandon_certificate(serial);
    abandon_certificate_perhaps(serial);
    abandon_request_unsent(application);
    abandon_request_unknown(application);
    abandon_request_sent(application);
    abandon_issued(application);
    abandon_nothing_there();
    abandon_remove_key(command);
    abandon_remove_certificate(command);
    abandon_withdraw(application);
    abandon_declined();

    // The doctor.
    doctor_state();
    doctor_state_good(count);
    doctor_library();
    doctor_library_good();
    doctor_service();
    doctor_service_good();
    doctor_reader();
    doctor_reader_filled(name);
    doctor_reader_empty(name);
    doctor_token();
    doctor_pin(role);
    doctor_factory_pin(role);
    doctor_factory_pin_set();
    doctor_factory_pin_unknown();
    doctor_factory_pin_changed();
    doctor_pin_verified();
    doctor_pin_untold();
    doctor_pin_left(left);
    doctor_memory();
    doctor_memory_untold();
    doctor_layout();
    doctor_layout_good(pairs, certificates);
    doctor_days_left(days);
    doctor_days_over(days);
    doctor_portal();
    doctor_portal_unnamed();
    doctor_portal_good();
    doctor_line();
    doctor_line_tls();
    doctor_line_plain();
    doctor_tls(issuer);
    doctor_clock();
    doctor_clock_off(secs);
    doctor_viewer();
    doctor_viewer_missing();

    // Command lines that cannot be followed.
    usage_missing(option);
    usage_phone();
    usage_sms(told);
    usage_token(told);
    usage_address(address);
    usage_built_without(how);
    usage_listen(address, why);
    usage_not_loopback(address);
    usage_origin(told);
    usage_serial();
    usage_no_such_object(kind);
    usage_several_objects(kind);
    usage_object(told);
}
