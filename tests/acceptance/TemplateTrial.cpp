// SPDX-License-Identifier: GPL-3.0-or-later
#include "TemplateTrial.h"

#include "core/base/Encoding.h"
#include "core/base/Text.h"
#include "core/connectors/stripe/double/PayoutTools.h"
#include "core/connectors/stripe/facts/ApiVersion.h"
#include "core/data/Json.h"
#include "core/flow/Project.h"
#include "core/runtime/Connectors.h"
#include "core/sandbox/Cast.h"

#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <QTest>
#include <optional>
#include <utility>

namespace tw::test {

namespace {

constexpr int kPatience = 30'000;

class TrialSecrets final : public SecretSource
{
public:
    std::optional<Secret> find(const std::string &connection,
                               const std::string &field) const override
    {
        if (connection == "stripe" && field == "api_key")
            return Secret("sk_test_templates");
        if (connection == "stripe")
            return Secret("whsec_templates");
        return Secret("token of the templates");
    }
    std::string hint(const std::string &, const std::string &) const override { return {}; }
};

std::string read(const QString &name)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(name));
    return file.readAll().toStdString();
}

void write(const QString &name, const std::string &text)
{
    QDir().mkpath(QFileInfo(name).path());
    QFile file(name);
    if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), qint64(text.size())) < 0)
        qFatal("cannot write %s", qPrintable(name));
}

} // namespace

QuietStripe::QuietStripe(Clock &clock)
    : m_clock(clock), m_api(clock, m_store, 11), m_factory(11, clock.now())
{
    m_api.onChange([this](const std::string &, const stripe::ObjectNews &news) {
        m_factory.setNow(m_clock.now());
        std::optional<std::string> key;
        if (!news.key.empty())
            key = news.key;
        const Document event = m_factory.eventAround(news.type, news.object, news.previous, key);
        events.push_back(
            {news.type, std::string(news.object.get("id").text()), toJson(event.root())});
    });
    m_server.setHandler([this](const HttpRequest &request, HttpReply reply) {
        posts += request.method != "GET";
        reply.send(m_api.handle(request));
    });
    if (!m_server.listen("127.0.0.1", 0))
        qFatal("no port for Stripe");
}

Document QuietStripe::call(const std::string &method, const std::string &path, const Fields &fields)
{
    HttpRequest request;
    request.method = method;
    request.path = path;
    request.headers.set("Authorization", "Bearer sk_test_shop");
    request.headers.set("Stripe-Version", stripe::kApiVersion);
    (method == "POST" ? request.body : request.query) = formEncode({fields.begin(), fields.end()});
    if (method == "POST")
        request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    auto answer = parseJson(m_api.handle(request).body);
    return answer ? std::move(*answer) : Document();
}

std::string QuietStripe::make(const std::string &path, const Fields &fields)
{
    const Document made = call("POST", path, fields);
    const Value id = made.root().get("id");
    return id.isString() ? std::string(id.text()) : toJson(made.root());
}

std::string QuietStripe::customerWithAccount(std::size_t at)
{
    const sandbox::CastMember &member = sandbox::cast().at(at);
    Arena arena;
    if (!m_store.find("customer", member.customerId))
        m_store.put(stripe::samples::customer(sandbox::JsonMaker(arena), member, m_clock.now()));
    return member.customerId;
}

std::string QuietStripe::payOut(const std::string &currency)
{
    Arena arena;
    const stripe::ApiCall own{"POST", {}, Value(), {}, {}, {}, arena};
    return std::string(stripe::automaticPayout(m_api.host(), own, currency).get("id").text());
}

void QuietStripe::plant(const std::string &id,
                        std::initializer_list<sandbox::JsonMaker::Member> changes)
{
    Arena arena;
    const Value held = copyInto(arena, m_store.object(id));
    m_store.put(sandbox::JsonMaker(arena).with(held, changes));
}

std::string QuietStripe::event(const std::string &type, const std::string &object) const
{
    for (const Event &event : events) {
        const bool belongs =
            object.empty() || event.json.find('"' + object + '"') != std::string::npos;
        if (event.type == type && belongs)
            return event.json;
    }
    return {};
}

TemplateTrial::TemplateTrial(const std::string &name)
    : registry(allConnectors()), m_secrets(std::make_unique<TrialSecrets>())
{
    const QString from = QStringLiteral(TIDEWIRE_SOURCE_DIR "/flows/") + toQString(name);
    QDirIterator files(from, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString file = files.next();
        write(m_folder.filePath(file.mid(from.size() + 1)), read(file));
    }
    const bool hasWeb =
        read(m_folder.filePath(QStringLiteral("tidewire.yaml"))).find("web:") != std::string::npos;
    write(
        m_folder.filePath(QStringLiteral("environments/trial.yaml")),
        "schema: environment/1\nname: trial\nkind: local\nconnections:\n  stripe:\n    base_url: " +
            stripe.url() +
            "\n    api_key: ${secret:stripe/api_key}\n"
            "    webhook_secret: ${secret:stripe/webhook_secret}\n  crm: {double: true}\n" +
            (hasWeb ? "  web: {double: true}\n" : ""));
}

TemplateTrial::~TemplateTrial()
{
    stop();
}

void TemplateTrial::change(const std::string &file, const std::string &text, const std::string &by)
{
    const QString name = m_folder.filePath(toQString(file));
    std::string whole = read(name);
    const auto at = whole.find(text);
    if (at == std::string::npos)
        qFatal("%s does not say %s", file.c_str(), text.c_str());
    write(name, whole.replace(at, text.size(), by));
}

std::string TemplateTrial::start()
{
    auto project = Project::open(toUtf8(m_folder.path()));
    if (!project)
        return project.error().text();
    m_project = std::move(*project);
    RuntimeOptions options;
    options.environment = "trial";
    options.dataDir = toUtf8(m_folder.filePath(QStringLiteral("data")));
    auto started = Runtime::start(*m_project, registry, clock, *m_secrets, *this, options);
    if (!started)
        return started.error().text();
    runtime = std::move(*started);
    return {};
}

void TemplateTrial::stop()
{
    runtime.reset();
}

void TemplateTrial::stepChanged(const StepEvent &event)
{
    if (event.phase == StepEvent::Phase::Waiting) {
        ++waits[event.step];
        if (event.error)
            failures[event.step] = event.error->code;
    }
    if (event.phase == StepEvent::Phase::Done && event.step.starts_with("note"))
        notes.push_back(event.note);
}

std::string TemplateTrial::give(const std::string &json, const std::string &trigger)
{
    std::string answer;
    runtime->inject(json, [&answer](const Result<Acceptance> &result) {
        answer = result ? "stored" : result.error().code;
    }, trigger);
    until([&answer] { return !answer.empty(); });
    return answer;
}

bool TemplateTrial::handle(const std::string &json, const std::string &trigger)
{
    const int before = ended;
    return give(json, trigger) == "stored" && until([&] { return ended > before; });
}

bool TemplateTrial::until(const std::function<bool()> &condition)
{
    QElapsedTimer patience;
    patience.start();
    qint64 seen = 0;
    while (!condition()) {
        if (patience.elapsed() > kPatience)
            return false;
        QTest::qWait(1);
        // Calls that leave together, and tries again, wait for each other by the clock.
        const qint64 now = patience.elapsed();
        clock.advance(std::chrono::milliseconds(now - std::exchange(seen, now)));
    }
    return true;
}

std::vector<TemplateTrial::Record> TemplateTrial::records(const std::string &object) const
{
    std::vector<Record> found;
    for (const auto &held : runtime->doubleOf("salesforce")->records()) {
        if (held.type != object)
            continue;
        Record record{held.id, held.writes, {}};
        for (const Member &member : held.fields->root().members())
            record.fields[std::string(member.key.text())] =
                member.value.isString() ? std::string(member.value.text()) : toJson(member.value);
        found.push_back(std::move(record));
    }
    return found;
}

TemplateTrial::Record TemplateTrial::record(const std::string &object, const std::string &field,
                                            const std::string &value) const
{
    for (Record &record : records(object)) {
        const auto held = record.fields.find(field);
        if (held != record.fields.end() && held->second == value)
            return std::move(record);
    }
    return {};
}

std::pair<int, std::string> TemplateTrial::salesforce(const std::string &method,
                                                      const std::string &path,
                                                      const std::string &body)
{
    const sandbox::Double &org = *runtime->doubleOf("salesforce");
    const auto exchange = [this](HttpCall call) {
        std::optional<Result<HttpAnswer>> answer;
        QObject receiver;
        m_http.send(std::move(call), &receiver,
                    [&answer](Result<HttpAnswer> got) { answer = std::move(got); });
        until([&answer] { return answer.has_value(); });
        return answer && *answer ? std::move(**answer) : HttpAnswer();
    };
    auto secrets = org.connectionSecrets();
    HttpCall login;
    login.method = "POST";
    login.url = org.url() + "/services/oauth2/token";
    login.headers.set("Content-Type", "application/x-www-form-urlencoded");
    login.body = formEncode({{"grant_type", "client_credentials"},
                             {"client_id", std::string(secrets.at("client_id").reveal())},
                             {"client_secret", std::string(secrets.at("client_secret").reveal())}});
    const auto session = parseJson(exchange(std::move(login)).body);
    const std::string token =
        session ? std::string(session->root().get("access_token").text()) : std::string();
    HttpCall call;
    call.method = method;
    call.url = org.url() + "/services/data/v61.0" + path;
    call.headers.set("Authorization", "Bearer " + token);
    call.headers.set("Content-Type", "application/json");
    call.body = body;
    const HttpAnswer answer = exchange(std::move(call));
    return {answer.status, answer.body};
}

} // namespace tw::test
