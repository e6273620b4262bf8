# What a person reads, in English. The Russian texts are in ru.ftl, under the same names and with the same variables.
# Labels of the portal and names of papers are quoted as the manual prints them.

## A failure: what happened, how things stand, what to do

report-error = error: { $what }
report-state = state: { $state }
report-next = next: { $next }

next-option = the same command with { $option }
next-option-hint = the same command with { $option } ({ $hint })
hint-ca = the file with the certificates of the authority that the site's owner names; if the address is wrong, --portal or --sms
hint-sms = prompt to type the code yourself, the gateway's URL, or exec:COMMAND
hint-sms-command = it prints the messages; or the gateway's URL
hint-portal = the address as the certification authority gave it
hint-application = the number of the one that is meant
hint-replace-old = deletes them by Приложение 1 before the request; =last once the new certificate works
hint-pin-file = a file with the PIN and nothing else; or ENROLL_PIN and its like, see enroll --help
hint-confirm = the token's serial number, which confirms that everything on it may be erased
hint-yes = agrees without a question
hint-vendors-module = it reads what the vendor's software laid out; only a token known to be empty is for enroll token format, which erases everything
next-first = { $deed }; then { $command }
next-first-again = { $deed }; then the same command
next-again = the same command once more
next-resume = { $command }, with the options it was begun with
next-first-option = { $deed }; or the same command with { $option }
next-ask = { $deed }: { $quote }

deed-connect-token = connect the right token, and no other
deed-start-service = start the smart card service (systemctl start pcscd)
deed-install-library = install it (apt install libpcsclite1 pcscd)
deed-find-pin = find out the right PIN
deed-use-https = name the https address, since phone and code can be read on the way otherwise
deed-unblock = unblock the user's PIN with the administrator's: enroll token unblock
deed-free-space = free space on the token
deed-shorten-name = choose a shorter name
deed-check-phone = the number is not registered, or the SMS was not delivered; check the phone
deed-check-network = check the network and the address
deed-call-office = call the certification authority, +7 (3952) 78-23-03, and quote
deed-report = tell the authors of this program
deed-finish-other = let the other program that uses this token finish
deed-check-folder = check the folder's rights and free space
deed-install-printing = install CUPS (apt install cups-client), or print the files with another program; they are there
deed-check-printer = switch the printer on and make it the default (lpstat -d; lpoptions -d NAME); the files are there
deed-check-module = check the module's path, and that it is made for this system
deed-check-clock = check this machine's clock (timedatectl); if it is right, the certificate is its owner's to renew
deed-come-back = wait until the portal is open
deed-tunnel-gost = a portal with GOST suites alone is reached through a tunnel on this machine (stunnel with a GOST engine)

## What happened: the enrollment

error-other-token = the token connected is { $found }, not { $wanted }
error-last-tries =
    { $left ->
        [one] one try is left for the PIN of the { $role }
       *[other] { $left } tries are left for the PIN of the { $role }
    }
error-old-objects = the token holds objects for ЕГАИС already: { $objects }
error-several-pairs = several key pairs named «{ $label }» have no certificate
error-key-gone = key pair { $key } cannot be used
error-key-awaited = key pair { $key } belongs to application { $application }, which is under way
error-still-there = { $object } is still there after it was deleted
error-not-read-back = the certificate does not read back from the token
error-probe-failed = a signature of the token does not verify with the certificate
error-removal-declined = the old certificate was to be kept
error-not-confirmed = formatting was not confirmed with the serial number { $serial }
error-no-code = no code came to { $phone } in { $waited } s
error-no-application = no application in the list fits
error-no-such-application = no application in the list has the number { $number }
error-several-applications = several applications in the list fit: { $numbers }
error-not-ready = application { $application } takes no request: its status is «{ $status }»
error-not-ordered = the certificate was not ordered: the status is «{ $status }», the reason «{ $reason }»
error-not-issued = the certificate of application { $application } is not issued yet: its status is «{ $status }»
error-issue-overdue = the certificate of application { $application } was not issued in { $minutes } min: its status is «{ $status }»
error-request = the request cannot be made: { $problem }
error-certificate-for-another-key = certificate { $serial } is for another key
error-certificate = the certificate is not installed: { $problem }
error-certificates-differ = the certificate saved and the one on the page differ
error-not-a-pdf = «{ $title }» is not a PDF file
error-nothing-sent = no request was sent yet
error-not-installed = the certificate is not installed yet
error-file = cannot write { $path }: { $why }

## What happened: the token

token-wrong-pin =
    { $left ->
        [one] the PIN of the { $role } is wrong, one try left
       *[other] the PIN of the { $role } is wrong, { $left } tries left
    }
token-wrong-pin-blocked = the PIN of the { $role } is wrong, and is blocked now
token-wrong-pin-untold = the PIN of the { $role } is wrong
token-pin-blocked = the PIN of the { $role } is blocked
token-no-such-pin = the token has no PIN for the { $role }
token-pin-unfit = the token does not take a PIN of { $octets } octets for the { $role }
token-not-logged-in = nobody is logged in who may { $what }
token-not-permitted = the { $role } may not { $what }
token-not-a-rutoken = the card is not a Rutoken ECP: it answered { $sw } to the question for its serial number
token-not-initialised = the token is not laid out as PKCS#15: it is new, erased, or laid out by the vendor's software
token-no-space = no room on the token for { $what }
token-name-too-long = a name of { $octets } octets is longer than the token takes
token-key-not-found = no key pair { $id } on the token
token-certificate-not-found = no certificate in file { $file }, or another one
token-unsupported = not supported: { $what }
token-status-word = the card answered { $sw } to { $command }
token-damaged = damaged on the token: { $what }
token-not-written = { $what } does not read back as it was written
token-bad-signature = the token's signature does not verify

transmit-no-service = the smart card service is not available: { $why }
transmit-no-library = the smart card library cannot be opened: { $why }
transmit-no-module = the PKCS#11 module { $module } cannot be used: { $why }
transmit-cannot-listen = cannot listen for a virtual card: { $why }
transmit-no-reader = no reader; connected: none
transmit-no-such-reader = no reader named «{ $name }»; connected: { $found }
transmit-no-such-reader-nor-other = no reader named «{ $name }»; connected: none
transmit-several-readers = several readers hold a card: { $readers }
transmit-no-card = no card in { $reader }
transmit-no-card-in-time = no card came to { $reader } in { $waited } s
transmit-in-use = another program uses the card in { $reader }
transmit-removed = the card was removed
transmit-reset = the card was reset by another program
transmit-lost = the card does not answer: { $why }

## What happened: the applicant and the phone

applicant-no-pin = no PIN was given for the { $role } and there is no terminal to ask at
applicant-no-new-pin = no new PIN was given for the { $role } and there is no terminal to ask at
applicant-no-consent = the plan needs consent and there is no terminal to ask at
applicant-unreadable = cannot read { $what }: { $why }

printer-no-program = the papers are not printed: the program { $program } is not installed
printer-refused = the papers are not all printed: the printer did not take { $file }: { $why }

sms-bad-address = the SMS gateway's address cannot be used: { $why }
sms-plain-http = the SMS gateway { $host } would be spoken to in clear
sms-timed-out = the SMS gateway did not answer in { $secs } s
sms-status = the SMS gateway answered with the HTTP status { $status }
sms-unreachable = the SMS inbox does not answer: { $why }
sms-not-messages = the SMS inbox answered something that is not a list of messages: { $why }
sms-command-failed = the SMS command failed: { $why }
sms-command-hangs = the SMS command did not end in { $secs } s and was stopped
sms-too-large = the SMS inbox answered more than { $limit } bytes
sms-no-terminal = no terminal to ask for the SMS code at

## What happened: the portal

portal-bad-address = the portal's address cannot be used: { $why }
address-not-url = it is no URL
address-no-host = it has no host
address-scheme = { $scheme }: is neither http nor https
address-other-host = it leads to another host, { $host }
address-other-port = it leads to another port of { $host }
address-ca-file = the CA file { $path }: { $why }
portal-plain-http = { $host } would be spoken to in clear
portal-unreachable = the portal does not answer: { $why }
portal-timed-out = the portal did not answer in { $secs } s
portal-busy = the portal has too much to do and asks to come back later
portal-busy-for = the portal is closed and asks to come back in { $secs } s
tls-unknown-issuer =
    { $whose ->
        [sms] the SMS gateway's
       *[portal] the portal's
    } TLS certificate is from an authority that is not trusted
tls-expired =
    { $whose ->
        [sms] the SMS gateway's
       *[portal] the portal's
    } TLS certificate has expired
tls-not-yet-valid =
    { $whose ->
        [sms] the SMS gateway's
       *[portal] the portal's
    } TLS certificate is not valid yet
tls-other-host =
    { $whose ->
        [sms] the SMS gateway's
       *[portal] the portal's
    } TLS certificate is for another host
tls-nothing-in-common =
    { $whose ->
        [sms] the SMS gateway
       *[portal] the portal
    } and this program have no TLS version or cipher in common
tls-refused =
    { $whose ->
        [sms] the SMS gateway's
       *[portal] the portal's
    } TLS certificate is refused: { $why }
portal-status = the portal answered { $status } to «{ $what }»
portal-session-expired = the session has ended
portal-wrong-code = the code was not accepted: { $said }
portal-code-void = the code is void: { $said }
portal-too-early = too early for another code: { $said }
portal-refused = the portal refused: { $said }
portal-not-understood = the page «{ $page }» has no { $missing }
portal-not-the-cabinet = the page «{ $page }» has no { $missing }, so it does not lead to the cabinet of the certification authority
portal-too-large = the answer to «{ $what }» is larger than { $limit } bytes

## What happened: request, certificate, journal

request-field = «{ $label }» ({ $oid }) { $problem }
request-key-usage = «{ $name }» is no key usage
request-algorithm = the key does not fit the algorithm { $algorithm }
request-malformed = the request does not read back: { $why }
request-differs = the request read back has another { $what }
request-signature = the request's own signature does not verify

field-empty = is empty
field-too-long = is longer than its attribute may be
field-characters = holds characters that its string type does not have
field-country = is no country code
field-inn = does not pass the check of an ИНН
field-ogrn = does not pass the check of an ОГРН
field-ogrnip = does not pass the check of an ОГРНИП
field-snils = does not pass the check of a СНИЛС
field-kpp = names a КПП that is none

certificate-malformed = it does not read: { $why }
certificate-not-gost = its key is not a GOST R 34.10 key
certificate-two-algorithms = it names two signature algorithms
certificate-no-issuer = the certificate of its issuer «{ $issuer }» is not among those of the certification authority
certificate-signature = the signature of «{ $issuer }» does not verify
certificate-not-an-issuer = «{ $issuer }» may not issue certificates: { $why }
certificate-not-yet-valid = it begins to be valid on { $from }
certificate-expired = it was valid until { $until }
certificate-revoked = it has been revoked
certificate-unknown-critical = its critical extension { $oid } is not known
certificate-not-qualified = it has no { $what }, which a qualified certificate has
certificate-other-subject = its { $attribute } is not what was asked for

journal-file = cannot { $act } { $path }: { $why }
journal-locked = another process is working on the enrollment of token { $token }
journal-damaged = line { $line } of the journal of token { $token } is damaged
journal-version = the journal has version { $found }, this release reads { $known }
journal-out-of-order = the journal contradicts itself: { $why }
journal-other-application = token { $token } is in the middle of application { $application }
journal-several-applications = several applications of token { $token } are under way: { $applications }
journal-other-portal = the journal of token { $token } belongs to another portal
journal-nothing = no enrollment of token { $token } was begun
journal-none = no enrollment was begun
journal-unreadable = the journal { $path } cannot be used, so no key pair of its token is taken for one that nobody awaits: { $why }
journal-rebuilt = the journal of token { $token } was damaged, and which key pair it waits for is not found out yet

## Words of the engine and the adapters within other messages

word-read = read
word-write = write
word-create = create
word-open = open
word-lock = lock
word-remove = remove
word-move = move
word-move-aside = move aside
word-copy = copy
word-replace = replace
word-repair = repair
word-trust = trust
word-close-to-others = close to others
word-it-belongs-to-another-user = it belongs to another user
word-it-is-no-ordinary-file = it is no ordinary file
word-make-key-pairs = make key pairs
word-rename-key-pairs = rename key pairs
word-sign = sign
word-delete-key-pairs = delete key pairs
word-change-this-pin = change this PIN
word-unblock-the-user-s-pin = unblock the user's PIN
word-rename-the-token = rename the token
word-write-certificates = write certificates
word-delete-certificates = delete certificates
word-make-a-key-pair = make a key pair
word-rename-a-key-pair = rename a key pair
word-write-a-certificate = write a certificate
word-delete-a-certificate = delete a certificate
word-delete-a-key-pair = delete a key pair
word-change-a-pin = change a PIN
word-a-key-pair = a key pair
word-a-longer-name = a longer name
word-a-signature = a signature
word-a-pin = a PIN
word-a-certificate = a certificate
word-a-certificate-of-this-length = a certificate of this length
word-a-name-of-this-length = a name of this length
word-one-certificate-more = one certificate more
word-one-key-pair-more = one key pair more
word-the-key-pair = the key pair
word-the-key-pair-s-name = the key pair's name
word-the-name-of-a-key-pair = the name of a key pair
word-the-token-s-name = the token's name
word-the-certificate = the certificate
word-the-entry-of-a-pair = the entry of a pair
word-the-directory-of-directories = the directory of directories
word-the-directory-of-private-keys = the directory of private keys
word-the-directory-of-public-keys = the directory of public keys
word-the-directory-of-certificates = the directory of certificates
word-a-certificate-that-is-no-x-509 = a certificate that is no X.509
word-the-public-half-of-the-new-pair = the public half of the new pair
word-deleting-a-certificate-that-this-module-does-not-show = deleting a certificate that this module does not show
word-it-is-not-running-on-linux-pcscd = it is not running (on Linux: pcscd)
word-no-basicconstraints = no basicConstraints
word-not-a-ca = not a CA
word-too-many-certificates-below-it = too many certificates below it
word-no-keycertsign = no keyCertSign
word-no-pem-block = no PEM block
word-version = version
word-public-key = public key
word-subject = subject
word-number-of-attributes-of-one-type = number of attributes of one type
word-signature-algorithm = signature algorithm
missing-link-or-button = link or button { $what }
missing-button = button { $what }
missing-fields-under = fields under { $what }
missing-legible-field = legible field { $what }
missing-field = field { $what }
missing-words = words { $what }
missing-heading = heading { $what }

## How things stand

stage-half-removed = the removal of the old certificate was agreed to and is not finished; no request was made
stage-untouched = no enrollment was begun or changed
stage-nothing-sent = the journal knows no key pair for this application; no request was sent
stage-key-ready = the key pair is made; the request was not sent
stage-signed = the key pair is made and the request signed; the next run finds out whether the portal has it
stage-sent = the request is sent; the certificate is not ordered yet
stage-ordered = the certificate is ordered and not issued yet
stage-issued = the certificate is issued and not on the token yet
stage-checked = the certificate is checked; the next run finds out whether the token has it
stage-written = the certificate is on the token; the portal does not know
stage-installed = the certificate is installed; the papers are not fetched
stage-papers-saved = done; the papers are left to sign
stage-abandoned = abandoned
status-comes-request = comes next: the request (chapter 1)
status-comes-install = comes next: the certificate onto the token (chapter 2)
status-comes-documents = comes next: the papers (chapter 3)
status-comes-signing = comes next: sign the receipt and the application, and bring the originals to an office of ООО НПФ «Форус»
status-comes-nothing = comes next: nothing; enroll request begins anew
status-damaged = a journal that was damaged is kept as { $path }
status-left =
    { $minutes ->
        [one] time left by the manual: one minute
       *[other] time left by the manual: { $minutes } minutes
    }
status-overdue =
    { $minutes ->
        [one] late by the manual: one minute
       *[other] late by the manual: { $minutes } minutes
    }
status-nothing = no enrollment was begun

## What the token holds

object-certificate = certificate { $serial } of { $owner }, valid until { $until }
object-pair = key pair «{ $label }» ({ $id }, { $algorithm })
object-bare-pair = key pair «{ $label }» ({ $id }, { $algorithm }, without a certificate)
object-unreadable = certificate in file { $file }: { $problem }
object-none = the token holds no certificate and no key pair
plan-deletes = to be deleted: { $object }
plan-keeps = stays: { $object }
plan-unreadable = what the token holds cannot be read, and all of it will be erased

## Warnings

caution-torn-journal = the journal's last line was torn and has been dropped
caution-journal-rebuilt = { $why }; it is kept as { $kept }, and what it told is found out anew from the token and the portal
caution-journal-was-open = other users of this machine could read the journal or write to it; they no longer can
caution-several-owners = the token holds certificates of several owners: nothing is deleted before the new certificate tells which is replaced
caution-clock-off =
    { $minutes ->
        [one] this machine's clock is one minute off the portal's; going by the portal's
       *[other] this machine's clock is { $minutes } minutes off the portal's; going by the portal's
    }
caution-session-ended = the portal's session has ended; logging in again
caution-login-again = login failed, beginning again: { $error }
caution-no-code-yet = no code came; asking for another
caution-newer-code = a newer code has come; entering that one
caution-other-pair-shown = the page shows the pair «{ $page }», the token «{ $token }»
caution-no-answer-to-request = no answer to the request ({ $error }); looking whether the portal has it
caution-sent-already = the portal has the request already: { $status }
caution-no-first-sms = SMS 1 was not seen; the list of applications says that the portal has the request
caution-inbox-silent = { $error }; going by the list of applications
caution-administrator-may-not-delete = this token does not let the administrator delete certificates; the user's PIN is used instead
caution-installed-already = this application is installed already; name the new one to begin another
caution-no-journal = no journal tells of the request; the pair was found by the certificate's key
caution-revocation-unknown = the list of revoked certificates cannot be used
caution-subject-not-compared = the subject was not compared: no request at hand
caution-chain-ends-at = no certificate above «{ $name }» was given
caution-ends-soon =
    { $days ->
        [one] the certificate ends in one day
       *[other] the certificate ends in { $days } days
    }

## What is waited for

wait-code = the SMS with the code
interrupted = interrupted: what was done is in the journal and nothing is lost; next: enroll resume, with the options it was begun with
interrupted-token = interrupted; what the token holds now: enroll token list
wait-resend = until another code may be asked for
wait-login = before logging in again
wait-list = before looking at the list
wait-ordered = SMS 1: «Ваш сертификат заказан»
wait-issue = the certificate: 15 to 30 minutes
wait-gateway = the SMS gateway does not answer, asking again
wait-portal = the portal does not answer, asking again
wait-card = a card is to connect to { $address }

## Questions

question-pin = PIN of the { $role }
question-pin-left =
    { $left ->
        [one] PIN of the { $role }, one try left
       *[other] PIN of the { $role }, { $left } tries left
    }
question-new-pin = New PIN of the { $role }
question-new-pin-again = Once more
question-pins-differ = the two PINs differ
question-confirm-format = Everything on the token will be erased. Type its serial number { $serial }
question-default-pin =
    { $role ->
        [administrator] this is the administrator's factory PIN; change it: enroll token change-pin --of administrator
       *[user] this is the user's factory PIN; change it: enroll token change-pin
    }
question-code = Code of the SMS sent to { $phone }
question-delete = Delete what is listed?
question-abandon = Give this enrollment up?

## The papers

papers-print = print one copy of: { $titles }
papers-sign = sign and certify: { $titles }
papers-bring = bring the originals to an office of ООО НПФ «Форус»:
caution-handed-over = { $file } went to the printer before and is not printed twice; to print it again: lp { $file }

## Giving up: what stays, and how to remove it

abandon-key = stays on the token: key pair «{ $label }» ({ $id })
abandon-no-key = stays on the token: nothing of this enrollment that the journal knows
abandon-certificate = stays on the token: certificate { $serial }
abandon-certificate-perhaps = perhaps on the token: certificate { $serial }, which was about to be written
abandon-request-unsent = at the portal: application { $application }; no request was sent
abandon-request-unknown = at the portal: application { $application }; whether it has the request is not known
abandon-request-sent = at the portal: application { $application } and its request; a certificate is going to be issued
abandon-issued = at the portal: application { $application }; its certificate is issued and stays valid
abandon-nothing-there = at the portal: nothing; no application was opened
abandon-remove-key = to remove the pair: { $command }
abandon-remove-certificate = to remove the certificate: { $command }
abandon-withdraw = to withdraw application { $application } or revoke its certificate: call the certification authority, +7 (3952) 78-23-03
abandon-declined = nothing was given up; enroll resume goes on

## The doctor

doctor-state = state folder
doctor-state-good =
    { $count ->
        [one] one enrollment
       *[other] { $count } enrollments
    }
doctor-library = smart card library
doctor-library-good = it opens
doctor-service = smart card service
doctor-service-good = it answers
doctor-reader = reader
doctor-reader-filled = { $name }, with a card
doctor-reader-empty = { $name }, empty
doctor-token = token
doctor-pin =
    { $role ->
        [administrator] PIN of the administrator
       *[user] PIN of the user
    }
doctor-factory-pin =
    { $role ->
        [administrator] factory PIN of the administrator
       *[user] factory PIN of the user
    }
doctor-factory-pin-set = the PIN that was named is the factory's, which everybody knows
doctor-factory-pin-unknown = no PIN was named, and trying the factory's would spend a try
doctor-factory-pin-changed = the PIN that was named is another
doctor-pin-verified = logged in
doctor-pin-untold = no wrong tries, how many are left is not told
doctor-pin-left =
    { $left ->
        [one] one try left
       *[other] { $left } tries left
    }
doctor-memory = memory of the token
doctor-memory-untold = no known command tells it; a request says what does not fit before it writes
doctor-layout = layout of the token
doctor-layout-good = { $pairs } key pairs, { $certificates } certificates
doctor-days-left =
    { $days ->
        [one] one day left
       *[other] { $days } days left
    }
doctor-days-over =
    { $days ->
        [one] it ended one day ago
       *[other] it ended { $days } days ago
    }
doctor-portal = portal
doctor-portal-unnamed = no address was given
doctor-portal-good = it answers
doctor-line = the line to the portal
doctor-line-tls = TLS, its certificate is trusted
doctor-line-plain = http in clear
doctor-tls = the portal's TLS certificate, issued by { $issuer }
doctor-clock = clock
doctor-clock-off = { $secs } s off the portal's
doctor-viewer = PDF viewer
doctor-viewer-missing = no program was found

## Command lines that cannot be followed

usage-missing = this command needs { $option }
usage-phone = --phone is to be a Russian number such as +7 900 000-00-00
usage-sms = --sms { $told } is neither prompt nor a URL nor exec:COMMAND
usage-token = --token { $told } is neither vpcd:HOST:PORT nor pcsc[:READER] nor pkcs11:MODULE
usage-address = --token vpcd:{ $address }: no such address on this machine
usage-built-without = --token { $how }: this program was built without it
usage-listen = --listen { $address }: { $why }
usage-not-loopback = --listen { $address }: only an address of this machine alone, such as 127.0.0.1:0
usage-origin = --allow-origin { $told } is no address of a page
usage-serial = --serial is to name one of the tokens that `enroll status` lists
usage-no-such-object =
    { $kind ->
        [certificate] no such certificate on the token; see `enroll token list`
       *[pair] no such key pair on the token; see `enroll token list`
    }
usage-several-objects =
    { $kind ->
        [certificate] several certificates of the token fit; see `enroll token list`
       *[pair] several key pairs of the token fit; see `enroll token list`
    }
usage-object = «{ $told }» names no object: its whole name is needed in hex, or at least four digits of its beginning; see `enroll token list`

## Chapter 1.1 for today: what the manual asks for and this program does not need

preparation-1-1-1 = not needed: IEAutosetup.exe prepares Internet Explorer, and no browser is used
preparation-1-1-2 = not needed: nothing to install for Internet Explorer
preparation-1-1-3 = not needed: the token is spoken to directly, without the vendor's drivers
preparation-1-1-4 = not needed: the request is made here and not by the browser's plug-in
preparation-1-1-5 = not needed: RutokenEgais.exe sets up the browser's side of ЕГАИС
preparation-1-1-6 = not needed: there is no browser to restart

## The numbered steps of the manual; A is Приложение 1, W its warnings in the order it prints them

step-w1 = Warning: Internet Explorer 8.0 or later
step-1-1-1 = Download and install IEAutosetup.exe
step-1-1-2 = Run IEAutosetup.exe
step-1-1-3 = Install the Rutoken drivers
step-1-1-4 = Install the Rutoken plugin
step-1-1-5 = Download and run RutokenEgais.exe
step-1-1-6 = Restart the browser
step-w2 = Warning: a key issued earlier has to be deleted
step-a1 = Plug in the Rutoken ECP 2.0
step-a2 = Start the Rutoken Control Panel
step-a3 = Go to the tab «Сертификаты»
step-a4 = Press «Ввести PIN-код...»
step-a5 = Choose «Администратор», enter the administrator's PIN
step-a6 = Choose the certificate to delete. Press «Удалить»
step-a7 = Press «Да»
step-a8 = Choose the key pair to delete. Press «Удалить»
step-a9 = Enter the user's PIN. Press «ОК»
step-1-2 = Open the site key.forus.ru
step-1-3 = Press «Личный кабинет»
step-1-4 = Enter the mobile number. Press «Получить код»
step-1-5 = Enter the SMS code into «Код подтверждения»
step-1-6 = Go to «Работа с заявкой» - «Личный кабинет»
step-1-7 = Open the current application by its number
step-1-8 = Press «Запросить сертификат»
step-1-9 = Press «Создать ключевую пару»
step-1-10 = Press «Создать запрос»
step-1-11 = Press «ОК». The request has been sent
step-1-12 = Wait for the SMS about the order (up to 5 minutes)
step-1-13 = Wait for the SMS about the issue (15–30 minutes)
step-1-14 = Go on to the installation
step-2-1 = Open the site key.forus.ru
step-2-2 = Press «Личный кабинет»
step-2-3 = Enter the mobile number. Press «Получить код»
step-2-4 = Enter the SMS code into «Код подтверждения»
step-2-5 = Go to «Работа с заявкой» - «Личный кабинет»
step-2-6 = Open the current application by its number
step-2-7 = Press «Установить сертификат в контейнер»
step-2-8 = Choose the container. Press «Загрузить сертификат»
step-2-9 = Press «ОК». The certificate has been installed
step-3 = Print the documents
step-w3 = Note: a program for PDF files is needed
step-w4 = Warning: the signed originals go to an office
