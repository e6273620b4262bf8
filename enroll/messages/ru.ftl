# Что читает человек, по-русски. Английские тексты — в en.ftl, под теми же именами и с теми же переменными.
# Надписи портала и названия документов приведены так, как их печатает инструкция.

## Сбой: что случилось, в каком всё состоянии, что делать

report-error = ошибка: { $what }
report-state = состояние: { $state }
report-next = дальше: { $next }

next-option = повторите команду с { $option }
next-option-hint = повторите команду с { $option } ({ $hint })
hint-ca = файл с сертификатами центра, который назовёт владелец сайта; если неверен адрес — --portal или --sms
hint-sms = prompt, чтобы ввести код самому, URL шлюза или exec:КОМАНДА
hint-sms-command = команда печатает сообщения; или URL шлюза
hint-portal = адрес, который дал удостоверяющий центр
hint-application = номер нужной заявки
hint-replace-old = удалит их по Приложению 1 до запроса; =last — когда новый сертификат заработает
hint-pin-file = файл, в котором только PIN-код; или ENROLL_PIN и подобные, см. enroll --help
hint-confirm = серийный номер токена: подтверждает, что с него можно всё стереть
hint-yes = согласие без вопроса
hint-vendors-module = он читает разметку программ производителя; enroll token format стирает всё и годится, только если токен заведомо пуст
next-first = { $deed }; затем { $command }
next-first-again = { $deed }; затем повторите команду
next-again = повторите команду
next-resume = { $command } с параметрами, с которыми работа начата
next-first-option = { $deed }; или повторите команду с { $option }
next-ask = { $deed }: { $quote }

deed-connect-token = подключите нужный токен и никакой другой
deed-start-service = запустите службу смарт-карт (systemctl start pcscd)
deed-install-library = установите её (apt install libpcsclite1 pcscd)
deed-find-pin = узнайте верный PIN-код
deed-use-https = укажите адрес с https, иначе телефон и код можно прочесть по пути
deed-unblock = разблокируйте PIN-код пользователя с помощью PIN-кода администратора: enroll token unblock
deed-free-space = освободите место на токене
deed-shorten-name = выберите имя короче
deed-check-phone = номер не зарегистрирован или SMS не доставлено; проверьте телефон
deed-check-network = проверьте сеть и адрес
deed-call-office = позвоните в удостоверяющий центр, +7 (3952) 78-23-03, и назовите
deed-report = сообщите разработчикам программы
deed-finish-other = дождитесь, пока другая программа закончит работу с токеном, или завершите её
deed-check-folder = проверьте права на папку и место на диске
deed-install-printing = установите CUPS (apt install cups-client) или напечатайте файлы другой программой: они сохранены
deed-check-printer = включите принтер и назначьте его основным (lpstat -d; lpoptions -d ИМЯ); файлы сохранены
deed-check-module = проверьте путь к модулю и то, что он собран для этой системы
deed-check-clock = проверьте часы этого компьютера (timedatectl); если они верны, сертификат должен обновить его владелец
deed-come-back = дождитесь, пока портал откроется
deed-tunnel-gost = портал, где есть лишь шифры ГОСТ, доступен через туннель на этом компьютере (stunnel с модулем ГОСТ)

## Что случилось: выпуск сертификата

error-other-token = подключён токен { $found }, а не { $wanted }
error-last-tries = для PIN-кода { $role ->
        [administrator] администратора
       *[user] пользователя
    } осталось попыток: { $left }
error-old-objects = на токене уже есть ключи или сертификаты для ЕГАИС: { $objects }
error-several-pairs = на токене несколько ключевых пар «{ $label }» без сертификата
error-key-gone = ключевую пару { $key } использовать нельзя
error-key-awaited = ключевая пара { $key } относится к заявке { $application }, работа по которой не завершена
error-still-there = объект остался на токене после удаления: { $object }
error-not-read-back = записанный сертификат не читается с токена
error-probe-failed = пробная подпись токена не подходит к сертификату
error-removal-declined = прежний сертификат решено оставить
error-not-confirmed = форматирование не подтверждено серийным номером { $serial }
error-no-code = за { $waited } с код на { $phone } не пришёл
error-no-application = в списке нет подходящей заявки
error-no-such-application = в списке нет заявки { $number }
error-several-applications = в списке подходят несколько заявок: { $numbers }
error-not-ready = заявка { $application } не принимает запрос: её статус «{ $status }»
error-not-ordered = сертификат не заказан: статус «{ $status }», причина «{ $reason }»
error-not-issued = сертификат по заявке { $application } ещё не выпущен: статус «{ $status }»
error-issue-overdue = за { $minutes } мин сертификат по заявке { $application } не выпущен: статус «{ $status }»
error-request = запрос составить нельзя: { $problem }
error-certificate-for-another-key = сертификат { $serial } выпущен для другого ключа
error-certificate = сертификат не установлен: { $problem }
error-certificates-differ = сохранённый сертификат и сертификат на странице различаются
error-not-a-pdf = «{ $title }»: это не файл PDF
error-nothing-sent = запрос ещё не отправлен
error-not-installed = сертификат ещё не установлен
error-file = не удалось записать { $path }: { $why }

## Что случилось: токен

token-wrong-pin = неверный PIN-код { $role ->
        [administrator] администратора
       *[user] пользователя
    }. Осталось попыток: { $left }
token-wrong-pin-blocked = неверный PIN-код { $role ->
        [administrator] администратора
       *[user] пользователя
    }; теперь он заблокирован
token-wrong-pin-untold = неверный PIN-код { $role ->
        [administrator] администратора
       *[user] пользователя
    }
token-pin-blocked = PIN-код { $role ->
        [administrator] администратора
       *[user] пользователя
    } заблокирован
token-no-such-pin = на токене нет PIN-кода { $role ->
        [administrator] администратора
       *[user] пользователя
    }
token-pin-unfit = токен не принимает PIN-код { $role ->
        [administrator] администратора
       *[user] пользователя
    } такой длины, байт: { $octets }
token-not-logged-in = вход на токен не выполнен или сброшен, без него нельзя { $what }
token-not-permitted = по PIN-коду { $role ->
        [administrator] администратора
       *[user] пользователя
    } токен не даёт { $what }
token-not-a-rutoken = это не Рутокен ЭЦП: на вопрос о серийном номере получен ответ { $sw }
token-not-initialised = токен не размечен по PKCS#15: он новый, стёрт или размечен программами производителя
token-no-space = на токене нет места ({ $what })
token-name-too-long = такое длинное имя токен не примет, байт: { $octets }
token-key-not-found = на токене нет ключевой пары { $id }
token-certificate-not-found = в файле { $file } нет этого сертификата
token-unsupported = токен этого не умеет: { $what }
token-status-word = токен ответил { $sw } на { $command }
token-damaged = данные на токене повреждены: { $what }
token-not-written = записанное на токен не читается обратно ({ $what })
token-bad-signature = подпись токена не проходит проверку

transmit-no-service = служба смарт-карт недоступна: { $why }
transmit-no-library = библиотека смарт-карт не открывается: { $why }
transmit-no-module = модуль PKCS#11 { $module } использовать нельзя: { $why }
transmit-cannot-listen = ждать виртуальный токен по этому адресу нельзя: { $why }
transmit-no-reader = нет ни одного считывателя
transmit-no-such-reader = нет считывателя «{ $name }»; подключены: { $found }
transmit-no-such-reader-nor-other = нет считывателя «{ $name }»; не подключён ни один
transmit-several-readers = токены есть в нескольких считывателях: { $readers }
transmit-no-card = в считывателе { $reader } нет токена
transmit-no-card-in-time = за { $waited } с токен в { $reader } не появился
transmit-in-use = токен в { $reader } занят другой программой
transmit-removed = токен извлечён
transmit-reset = токен сброшен другой программой
transmit-lost = токен не отвечает: { $why }

## Что случилось: заявитель и телефон

applicant-no-pin = PIN-код { $role ->
        [administrator] администратора
       *[user] пользователя
    } не задан, а спросить негде
applicant-no-new-pin = новый PIN-код { $role ->
        [administrator] администратора
       *[user] пользователя
    } не указан, а спросить негде
applicant-no-consent = нужно согласие на удаление, а спросить негде
applicant-unreadable = не удалось прочитать { $what }: { $why }

printer-no-program = документы не напечатаны: программа { $program } не установлена
printer-refused = напечатаны не все документы: принтер не принял { $file }: { $why }

sms-bad-address = адрес SMS-шлюза не годится: { $why }
sms-plain-http = соединение с SMS-шлюзом { $host } было бы открытым (http)
sms-timed-out = SMS-шлюз не ответил за { $secs } с
sms-status = SMS-шлюз ответил статусом HTTP { $status }
sms-unreachable = SMS-шлюз не отвечает: { $why }
sms-not-messages = ответ SMS-шлюза — не список сообщений: { $why }
sms-command-failed = команда для SMS не выполнена: { $why }
sms-command-hangs = команда для SMS не завершилась за { $secs } с и остановлена
sms-too-large = ответ SMS-шлюза длиннее { $limit } байт
sms-no-terminal = код из SMS спросить негде

## Что случилось: портал

portal-bad-address = адрес портала не годится: { $why }
address-not-url = это не URL
address-no-host = в нём нет имени узла
address-scheme = схема { $scheme } — не http и не https
address-other-host = он ведёт на другой узел, { $host }
address-other-port = он ведёт на другой порт узла { $host }
address-ca-file = не прочитать файл сертификатов { $path }: { $why }
portal-plain-http = соединение с { $host } было бы открытым (http)
portal-unreachable = портал не отвечает: { $why }
portal-timed-out = портал не ответил за { $secs } с
portal-busy = портал перегружен и просит зайти позже
portal-busy-for = портал закрыт и просит зайти через { $secs } с
tls-unknown-issuer = сертификат TLS { $whose ->
        [sms] SMS-шлюза
       *[portal] портала
    } выдан центром, которому нет доверия
tls-expired = срок действия сертификата TLS { $whose ->
        [sms] SMS-шлюза
       *[portal] портала
    } истёк
tls-not-yet-valid = сертификат TLS { $whose ->
        [sms] SMS-шлюза
       *[portal] портала
    } ещё не действует
tls-other-host = сертификат TLS { $whose ->
        [sms] SMS-шлюза
       *[portal] портала
    } выдан другому узлу
tls-nothing-in-common = у { $whose ->
        [sms] SMS-шлюза
       *[portal] портала
    } и этой программы нет общей версии TLS или шифра
tls-refused = сертификат TLS { $whose ->
        [sms] SMS-шлюза
       *[portal] портала
    } не принят: { $why }
portal-status = портал ответил { $status } на «{ $what }»
portal-session-expired = сеанс на портале завершён
portal-wrong-code = код не принят: { $said }
portal-code-void = код больше не действует: { $said }
portal-too-early = новый код ещё не получить: { $said }
portal-refused = портал отказал: { $said }
portal-not-understood = на странице «{ $page }» не найдено: { $missing }
portal-not-the-cabinet = на странице «{ $page }» не найдено: { $missing }; в кабинет удостоверяющего центра она не ведёт
portal-too-large = ответ на «{ $what }» больше { $limit } байт

## Что случилось: запрос, сертификат, журнал

request-field = поле «{ $label }» ({ $oid }) { $problem }
request-key-usage = неизвестное назначение ключа: «{ $name }»
request-algorithm = ключ не подходит к алгоритму { $algorithm }
request-malformed = запрос не читается: { $why }
request-differs = прочитанный запрос отличается ({ $what })
request-signature = подпись запроса не проходит проверку

field-empty = пусто
field-too-long = длиннее, чем допустимо
field-characters = содержит недопустимые знаки
field-country = содержит не код страны
field-inn = не проходит проверку ИНН
field-ogrn = не проходит проверку ОГРН
field-ogrnip = не проходит проверку ОГРНИП
field-snils = не проходит проверку СНИЛС
field-kpp = содержит неверный КПП

certificate-malformed = он не читается: { $why }
certificate-not-gost = его ключ — не по ГОСТ Р 34.10
certificate-two-algorithms = в нём названы два алгоритма подписи
certificate-no-issuer = нет сертификата издателя «{ $issuer }»
certificate-signature = подпись «{ $issuer }» не проходит проверку
certificate-not-an-issuer = «{ $issuer }» не может выпускать сертификаты: { $why }
certificate-not-yet-valid = он действует только с { $from }
certificate-expired = он действовал до { $until }
certificate-revoked = он отозван
certificate-unknown-critical = его критическое расширение { $oid } неизвестно
certificate-not-qualified = в нём нет { $what }, обязательного для квалифицированного
certificate-other-subject = { $attribute } в нём не такой, как в запросе

journal-file = не удалось { $act } { $path }: { $why }
journal-locked = с токеном { $token } уже работает другой процесс
journal-damaged = строка { $line } журнала токена { $token } повреждена
journal-version = журнал версии { $found }, а эта программа читает версию { $known }
journal-out-of-order = журнал противоречит сам себе: { $why }
journal-other-application = на токене { $token } не завершена работа по заявке { $application }
journal-several-applications = с токеном { $token } начато несколько заявок: { $applications }
journal-other-portal = журнал токена { $token } относится к другому порталу
journal-nothing = для токена { $token } ничего не начато
journal-none = ни один выпуск сертификата не начат
journal-unreadable = журнал { $path } не прочитать, поэтому ни одну ключевую пару его токена нельзя считать ненужной: { $why }
journal-rebuilt = журнал токена { $token } был повреждён; какой ключевой пары он ждёт сертификат, ещё не выяснено

## Слова движка и адаптеров внутри других сообщений

word-read = прочитать
word-write = записать
word-create = создать
word-open = открыть
word-lock = заблокировать
word-remove = удалить
word-move = переместить
word-move-aside = отложить в сторону
word-copy = скопировать
word-replace = заменить
word-repair = исправить
word-trust = признать надёжным
word-close-to-others = закрыть от других пользователей
word-it-belongs-to-another-user = владелец — другой пользователь
word-it-is-no-ordinary-file = это не обычный файл
word-make-key-pairs = создавать ключевые пары
word-rename-key-pairs = переименовывать ключевые пары
word-sign = подписывать
word-delete-key-pairs = удалять ключевые пары
word-change-this-pin = менять этот PIN-код
word-unblock-the-user-s-pin = разблокировать PIN-код пользователя
word-rename-the-token = переименовать токен
word-write-certificates = записывать сертификаты
word-delete-certificates = удалять сертификаты
word-make-a-key-pair = создать ключевую пару
word-rename-a-key-pair = переименовать ключевую пару
word-write-a-certificate = записать сертификат
word-delete-a-certificate = удалить сертификат
word-delete-a-key-pair = удалить ключевую пару
word-change-a-pin = сменить PIN-код
word-a-key-pair = ключевая пара
word-a-longer-name = более длинное имя
word-a-signature = подпись
word-a-pin = PIN-код
word-a-certificate = сертификат
word-a-certificate-of-this-length = сертификат такой длины
word-a-name-of-this-length = имя такой длины
word-one-certificate-more = ещё один сертификат
word-one-key-pair-more = ещё одна ключевая пара
word-the-key-pair = ключевая пара
word-the-key-pair-s-name = имя ключевой пары
word-the-name-of-a-key-pair = имя ключевой пары
word-the-token-s-name = имя токена
word-the-certificate = сертификат
word-the-entry-of-a-pair = запись о паре
word-the-directory-of-directories = каталог каталогов
word-the-directory-of-private-keys = каталог закрытых ключей
word-the-directory-of-public-keys = каталог открытых ключей
word-the-directory-of-certificates = каталог сертификатов
word-a-certificate-that-is-no-x-509 = сертификат не по X.509
word-the-public-half-of-the-new-pair = открытый ключ новой пары
word-deleting-a-certificate-that-this-module-does-not-show = удалять сертификат, которого этот модуль не показывает
word-it-is-not-running-on-linux-pcscd = она не запущена (в Linux — pcscd)
word-no-basicconstraints = нет basicConstraints
word-not-a-ca = это не удостоверяющий центр
word-too-many-certificates-below-it = под ним слишком много сертификатов
word-no-keycertsign = нет keyCertSign
word-no-pem-block = нет блока PEM
word-version = версия
word-public-key = открытый ключ
word-subject = имя владельца
word-number-of-attributes-of-one-type = число атрибутов одного вида
word-signature-algorithm = алгоритм подписи
missing-link-or-button = ссылка или кнопка { $what }
missing-button = кнопка { $what }
missing-fields-under = поля под заголовком { $what }
missing-legible-field = читаемое поле { $what }
missing-field = поле { $what }
missing-words = слова { $what }
missing-heading = заголовок { $what }

## В каком всё состоянии

stage-half-removed = удаление прежнего сертификата одобрено и не закончено; запрос не создан
stage-untouched = ни одна заявка не начата и не изменена
stage-nothing-sent = ключевой пары этой заявки в журнале нет; запрос не отправлен
stage-key-ready = ключевая пара создана; запрос не отправлен
stage-signed = ключевая пара создана, запрос подписан; отправлен ли он, покажет повтор
stage-sent = запрос отправлен; сертификат ещё не заказан
stage-ordered = сертификат заказан и ещё не выпущен
stage-issued = сертификат выпущен и ещё не на токене
stage-checked = сертификат проверен; записан ли он на токен, покажет повтор
stage-written = сертификат на токене; портал об этом не знает
stage-installed = сертификат установлен; документы не получены
stage-papers-saved = готово; осталось подписать документы
stage-abandoned = работа прекращена
status-comes-request = впереди: запрос сертификата (глава 1)
status-comes-install = впереди: установка сертификата на токен (глава 2)
status-comes-documents = впереди: документы (глава 3)
status-comes-signing = впереди: подписать расписку и заявление и передать оригиналы в офис ООО НПФ «Форус»
status-comes-nothing = впереди: ничего; начать заново: enroll request
status-damaged = повреждённый журнал сохранён как { $path }
status-left =
    { $minutes ->
        [one] по инструкции осталась { $minutes } минута
        [few] по инструкции осталось { $minutes } минуты
       *[many] по инструкции осталось { $minutes } минут
    }
status-overdue =
    { $minutes ->
        [one] дольше, чем обещает инструкция, на { $minutes } минуту
        [few] дольше, чем обещает инструкция, на { $minutes } минуты
       *[many] дольше, чем обещает инструкция, на { $minutes } минут
    }
status-nothing = ничего не начато

## Что на токене

object-certificate = сертификат { $serial }, { $owner }, действует до { $until }
object-pair = ключевая пара «{ $label }» ({ $id }, { $algorithm })
object-bare-pair = ключевая пара «{ $label }» ({ $id }, { $algorithm }, без сертификата)
object-unreadable = сертификат в файле { $file }: { $problem }
object-none = на токене нет ни сертификатов, ни ключевых пар
plan-deletes = будет удалено: { $object }
plan-keeps = останется: { $object }
plan-unreadable = содержимое токена прочитать нельзя, и оно будет стёрто целиком

## Предупреждения

caution-torn-journal = последняя строка журнала была оборвана и отброшена
caution-journal-rebuilt = { $why }; файл сохранён как { $kept }, а что в нём было, выясняем заново по токену и порталу
caution-journal-was-open = журнал могли читать или менять другие пользователи этого компьютера; больше не могут
caution-several-owners = на токене сертификаты разных владельцев: до нового сертификата ничего не удаляем, он покажет, какой заменяется
caution-clock-off =
    { $minutes ->
        [one] часы этого компьютера расходятся с порталом на { $minutes } минуту; верим порталу
        [few] часы этого компьютера расходятся с порталом на { $minutes } минуты; верим порталу
       *[many] часы этого компьютера расходятся с порталом на { $minutes } минут; верим порталу
    }
caution-session-ended = сеанс на портале завершён; входим ещё раз
caution-login-again = вход не удался, начинаем его сначала: { $error }
caution-no-code-yet = код не пришёл; запрашиваем другой
caution-newer-code = пришёл более новый код; вводим его
caution-other-pair-shown = на странице пара «{ $page }», на токене «{ $token }»
caution-no-answer-to-request = ответа на запрос нет ({ $error }); смотрим, получил ли его портал
caution-sent-already = портал уже получил запрос: «{ $status }»
caution-no-first-sms = первое SMS не пришло; по списку заявок видно, что запрос у портала
caution-inbox-silent = { $error }; смотрим по списку заявок
caution-administrator-may-not-delete = этот токен не даёт администратору удалять сертификаты; нужен PIN-код пользователя
caution-installed-already = эта заявка уже выполнена; для новой назовите её номер
caution-no-journal = журнала запроса нет; пара найдена по ключу сертификата
caution-revocation-unknown = список отозванных сертификатов использовать нельзя
caution-subject-not-compared = запроса нет, поэтому сведения в сертификате не сравнивались
caution-chain-ends-at = не приложен сертификат центра, выдавшего «{ $name }»
caution-ends-soon =
    { $days ->
        [one] срок действия сертификата закончится через { $days } день
        [few] срок действия сертификата закончится через { $days } дня
       *[many] срок действия сертификата закончится через { $days } дней
    }

## Чего ждём

wait-code = SMS с кодом
interrupted = прервано: всё сделанное записано в журнал, ничего не потеряно; дальше: enroll resume с параметрами, с которыми работа начата
interrupted-token = прервано; что теперь на токене: enroll token list
wait-resend = до повторного запроса кода
wait-login = до повторного входа
wait-list = до просмотра списка заявок
wait-ordered = SMS «Ваш сертификат заказан»
wait-issue = выпуск сертификата: 15–30 минут
wait-gateway = SMS-шлюз не отвечает, обращаемся ещё раз
wait-portal = портал не отвечает, спрашиваем ещё раз
wait-card = ждём подключения токена к { $address }

## Вопросы

question-pin = PIN-код { $role ->
        [administrator] администратора
       *[user] пользователя
    }
question-pin-left = PIN-код { $role ->
        [administrator] администратора
       *[user] пользователя
    }, осталось попыток: { $left }
question-new-pin = Новый PIN-код { $role ->
        [administrator] администратора
       *[user] пользователя
    }
question-new-pin-again = Ещё раз
question-pins-differ = PIN-коды не совпали
question-confirm-format = Всё на токене будет стёрто. Введите его серийный номер { $serial }
question-default-pin =
    { $role ->
        [administrator] это заводской PIN-код администратора; смените его: enroll token change-pin --of administrator
       *[user] это заводской PIN-код пользователя; смените его: enroll token change-pin
    }
question-code = Код из SMS, отправленного на { $phone }
question-delete = Удалить перечисленное?
question-abandon = Прекратить работу по этой заявке?

## Документы

papers-print = напечатать в одном экземпляре: { $titles }
papers-sign = подписать и заверить: { $titles }
papers-bring = передать оригиналы в офис ООО НПФ «Форус»:
caution-handed-over = { $file } уже отправлен на печать, второй раз не печатаем; напечатать ещё раз: lp { $file }

## Прекращение: что остаётся и как это убрать

abandon-key = останется на токене: ключевая пара «{ $label }» ({ $id })
abandon-no-key = останется на токене: из записанного в журнале — ничего
abandon-certificate = останется на токене: сертификат { $serial }
abandon-certificate-perhaps = возможно, на токене: сертификат { $serial }, его как раз записывали
abandon-request-unsent = на портале: заявка { $application }; запрос не отправлен
abandon-request-unknown = на портале: заявка { $application }; дошёл ли запрос, неизвестно
abandon-request-sent = на портале: заявка { $application } с запросом; сертификат будет выпущен
abandon-issued = на портале: заявка { $application }; её сертификат выпущен и продолжает действовать
abandon-nothing-there = на портале: ничего; заявка не открывалась
abandon-remove-key = удалить ключевую пару: { $command }
abandon-remove-certificate = удалить сертификат: { $command }
abandon-withdraw = отозвать заявку { $application } или её сертификат: позвоните в удостоверяющий центр, +7 (3952) 78-23-03
abandon-declined = ничего не прекращено; продолжить: enroll resume

## Проверка готовности

doctor-state = папка состояния
doctor-state-good = начато заявок: { $count }
doctor-library = библиотека смарт-карт
doctor-library-good = открывается
doctor-service = служба смарт-карт
doctor-service-good = отвечает
doctor-reader = считыватель
doctor-reader-filled = { $name }, с картой
doctor-reader-empty = { $name }, пустой
doctor-token = токен
doctor-pin =
    { $role ->
        [administrator] PIN-код администратора
       *[user] PIN-код пользователя
    }
doctor-factory-pin =
    { $role ->
        [administrator] заводской PIN-код администратора
       *[user] заводской PIN-код пользователя
    }
doctor-factory-pin-set = указан заводской PIN-код, его знают все
doctor-factory-pin-unknown = PIN-код не указан, а проба заводского стоила бы попытки
doctor-factory-pin-changed = указан другой PIN-код
doctor-pin-verified = введён
doctor-pin-untold = неверных попыток не было, остаток не сообщается
doctor-pin-left = осталось попыток: { $left }
doctor-memory = память токена
doctor-memory-untold = известными командами токен её не сообщает; чего не хватит, скажет сам запрос до записи
doctor-layout = разметка токена
doctor-layout-good = ключевых пар: { $pairs }, сертификатов: { $certificates }
doctor-days-left =
    { $days ->
        [one] остался { $days } день
        [few] осталось { $days } дня
       *[many] осталось { $days } дней
    }
doctor-days-over =
    { $days ->
        [one] срок истёк, прошёл { $days } день
        [few] срок истёк, прошло { $days } дня
       *[many] срок истёк, прошло { $days } дней
    }
doctor-portal = портал
doctor-portal-unnamed = адрес не указан
doctor-portal-good = отвечает
doctor-line = связь с порталом
doctor-line-tls = TLS, сертификату доверяем
doctor-line-plain = http без шифрования
doctor-tls = сертификат TLS портала, выдан { $issuer }
doctor-clock = часы
doctor-clock-off = расходятся с часами портала на { $secs } с
doctor-viewer = просмотр PDF
doctor-viewer-missing = программа не найдена

## Команды, которые не выполнить

usage-missing = этой команде нужно { $option }
usage-phone = --phone — российский номер, например +7 900 000-00-00
usage-sms = --sms { $told }: не prompt, не URL и не exec:КОМАНДА
usage-token = --token { $told }: не vpcd:ХОСТ:ПОРТ, не pcsc[:СЧИТЫВАТЕЛЬ] и не pkcs11:МОДУЛЬ
usage-address = --token vpcd:{ $address }: такого адреса на этом компьютере нет
usage-built-without = --token { $how }: программа собрана без этого
usage-listen = --listen { $address }: { $why }
usage-not-loopback = --listen { $address }: нужен адрес, доступный только с этого компьютера, например 127.0.0.1:0
usage-origin = --allow-origin { $told }: это не адрес страницы
usage-serial = --serial должен назвать один из токенов, которые показывает `enroll status`
usage-no-such-object =
    { $kind ->
        [certificate] такого сертификата на токене нет; см. `enroll token list`
       *[pair] такой ключевой пары на токене нет; см. `enroll token list`
    }
usage-several-objects =
    { $kind ->
        [certificate] подходят несколько сертификатов токена; см. `enroll token list`
       *[pair] подходят несколько ключевых пар токена; см. `enroll token list`
    }
usage-object = «{ $told }» ничего не называет: нужно шестнадцатеричное имя объекта или хотя бы четыре первых знака; см. `enroll token list`

## Глава 1.1 сегодня: чего просит инструкция и что этой программе не нужно

preparation-1-1-1 = Программа IEAutosetup.exe не нужна: браузер не используется
preparation-1-1-2 = Устанавливать программу не нужно
preparation-1-1-3 = Драйверы Рутокен не нужны: с токеном говорим напрямую
preparation-1-1-4 = Плагин не нужен: запрос составляется здесь
preparation-1-1-5 = Программа RutokenEgais.exe не нужна: она настраивает браузер
preparation-1-1-6 = Перезапускать браузер не нужно

## Пронумерованные шаги инструкции; A — Приложение 1, W — её предупреждения по порядку

step-w1 = Внимание: Internet Explorer 8.0 или новее — не нужен
step-1-1-1 = IEAutosetup.exe: не нужна, браузер не используется
step-1-1-2 = Запуск IEAutosetup.exe: не нужен
step-1-1-3 = Драйверы Рутокен: не нужны, с токеном говорим напрямую
step-1-1-4 = Плагин Рутокен: не нужен, запрос составляется здесь
step-1-1-5 = RutokenEgais.exe: не нужна
step-1-1-6 = Перезапуск браузера: не нужен
step-w2 = Внимание: ранее выданный ключ для ЕГАИС
step-a1 = Приложение 1: подключение токена
step-a2 = Приложение 1: «Панель управления Рутокен»
step-a3 = Приложение 1: «Сертификаты»
step-a4 = Приложение 1: «Ввести PIN-код...»
step-a5 = Приложение 1: «Администратор»
step-a6 = Приложение 1: сертификат, «Удалить»
step-a7 = Приложение 1: «Да»
step-a8 = Приложение 1: ключевая пара, «Удалить»
step-a9 = Приложение 1: PIN-код пользователя, «ОК»
step-1-2 = Вход на сайт
step-1-3 = «Личный кабинет»
step-1-4 = Номер сотового телефона, «Получить код»
step-1-5 = «Код подтверждения», вход в «Личный кабинет»
step-1-6 = «Работа с заявкой» – «Личный кабинет»
step-1-7 = Заявка по ссылке с её номером
step-1-8 = «Запросить сертификат»
step-1-9 = «Создать ключевую пару»
step-1-10 = «Создать запрос»
step-1-11 = «ОК»: запрос отправлен
step-1-12 = Ожидание SMS «Ваш сертификат заказан»
step-1-13 = Ожидание SMS «Ваш сертификат готов»
step-1-14 = Установка сертификата
step-2-1 = Вход на сайт
step-2-2 = «Личный кабинет»
step-2-3 = Номер сотового телефона, «Получить код»
step-2-4 = «Код подтверждения», вход в «Личный кабинет»
step-2-5 = «Работа с заявкой» – «Личный кабинет»
step-2-6 = Заявка по ссылке с её номером
step-2-7 = «Установить сертификат в контейнер»
step-2-8 = Выбор контейнера, «Загрузить сертификат»
step-2-9 = «ОК»: сертификат установлен
step-3 = Печать документов
step-w3 = Для печати нужна программа для файлов PDF
step-w4 = Внимание: подписанные оригиналы передать в офис
