// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Files.h"
#include "app/runner/Output.h"
#include "core/base/Clock.h"
#include "core/connectors/stripe/samples/SampleFactory.h"
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "core/data/Json.h"
#include "core/net/HttpClient.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <deque>
#include <memory>
#include <optional>

namespace tw::runner {
namespace {

struct VerifyOptions
{
    std::string secret;
    std::string header;
    std::string payload;
    std::optional<std::int64_t> at;
    std::int64_t tolerance = 300;
    bool json = false;
};

int verify(const VerifyOptions &options)
{
    Output out(options.json);
    const auto body = readInput(options.payload);
    if (!body) {
        out.message(body.error().text());
        return kCouldNot;
    }
    stripe::SignatureCheck check;
    check.secrets = stripe::splitSecrets(Secret(options.secret));
    check.now = options.at ? Instant::fromSeconds(*options.at) : SystemClock().now();
    check.tolerance = std::chrono::seconds(options.tolerance);
    const auto delivery = stripe::readDelivery(options.header, *body, check);
    if (options.json) {
        Arena arena;
        ObjectBuilder answer(arena);
        answer.set("valid", Value::boolean(delivery.has_value()));
        if (!delivery) {
            answer.set("code", Value::string(arena, delivery.error().code));
            answer.set("message", Value::string(arena, delivery.error().message));
        }
        out.json(answer.finish());
    } else if (delivery) {
        out.line("The signature holds.");
    } else {
        out.message(delivery.error().message + " [" + delivery.error().code + "]");
    }
    return delivery ? kDone : kNotRight;
}

struct SendOptions
{
    std::string what;
    std::string url;
    std::string secret;
    int count = 1;
    bool json = false;
};

/// Signs and sends bodies one after another; ends the event loop when all are answered.
class Sender : public QObject
{
public:
    Sender(const SendOptions &options, std::deque<std::string> bodies)
        : m_options(options), m_bodies(std::move(bodies)), m_out(options.json)
    {}

    int exec()
    {
        m_clock.callAfter(std::chrono::milliseconds(0), this, [this] { next(); });
        return QCoreApplication::exec();
    }

private:
    void next()
    {
        if (m_bodies.empty()) {
            QCoreApplication::exit(m_code);
            return;
        }
        const std::string body = std::move(m_bodies.front());
        m_bodies.pop_front();
        HttpCall call;
        call.method = "POST";
        call.url = m_options.url;
        call.headers.add("Content-Type", "application/json; charset=utf-8");
        call.headers.add("Stripe-Signature",
                         stripe::signDelivery(body, Secret(m_options.secret), m_clock.now()));
        call.headers.add("User-Agent", "Stripe/1.0 (tidewire webhook send)");
        call.body = body;
        m_client.send(std::move(call), this,
                      [this](const Result<HttpAnswer> &answer) { answered(answer); });
    }

    void answered(const Result<HttpAnswer> &answer)
    {
        if (!answer) {
            m_out.message(answer.error().text());
            QCoreApplication::exit(kCouldNot);
            return;
        }
        if (m_options.json) {
            Arena arena;
            ObjectBuilder line(arena);
            line.set("status", Value::integer(answer->status));
            line.set("answer", Value::string(arena, answer->body));
            m_out.json(line.finish());
        } else {
            m_out.line(std::to_string(answer->status) + " " + answer->body);
        }
        if (answer->status < 200 || answer->status > 299)
            m_code = kNotRight;
        next();
    }

    const SendOptions &m_options;
    std::deque<std::string> m_bodies;
    Output m_out;
    SystemClock m_clock;
    HttpClient m_client;
    int m_code = kDone;
};

Result<std::deque<std::string>> bodiesOf(const SendOptions &options)
{
    std::deque<std::string> bodies;
    if (QFileInfo::exists(QString::fromStdString(options.what)) || options.what == "-") {
        auto body = readInput(options.what);
        if (!body)
            return std::move(body).error();
        bodies.assign(static_cast<std::size_t>(options.count), *body);
        return bodies;
    }
    const SystemClock clock;
    stripe::SampleFactory samples(static_cast<std::uint64_t>(clock.now().msSinceEpoch),
                                  clock.now());
    for (int i = 0; i < options.count; ++i) {
        auto event = samples.event(options.what);
        if (!event)
            return std::move(event).error();
        bodies.push_back(toJson(event->root(), JsonStyle::Pretty));
    }
    return bodies;
}

int send(const SendOptions &options)
{
    auto bodies = bodiesOf(options);
    if (!bodies) {
        Output(options.json).message(bodies.error().text());
        return bodies.error().kind == ErrorKind::Config ? kWrongUse : kCouldNot;
    }
    return Sender(options, std::move(*bodies)).exec();
}

void addVerify(CLI::App &webhook, Invocation &invocation)
{
    auto options = std::make_shared<VerifyOptions>();
    CLI::App *command = webhook.add_subcommand("verify", "Check the signature of a delivery");
    command->add_option("--secret", options->secret, "Signing secret (whsec_…)")->required();
    command->add_option("--header", options->header, "Value of Stripe-Signature")->required();
    command->add_option("--payload", options->payload, "File with the exact body; - for standard input")
        ->required();
    command->add_option("--at", options->at, "Judge as if it were this Unix second");
    command->add_option("--tolerance", options->tolerance, "Greatest age in seconds; 0: any")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->add_flag("--json", options->json, "The verdict as JSON");
    command->footer("Example:\n  tidewire webhook verify --secret whsec_… --header 't=…,v1=…' "
                    "--payload body.json");
    command->callback([options, &invocation] {
        invocation.command = [options] { return verify(*options); };
    });
}

void addSend(CLI::App &webhook, Invocation &invocation)
{
    auto options = std::make_shared<SendOptions>();
    CLI::App *command = webhook.add_subcommand("send", "Sign and send a sample event as Stripe would");
    command->add_option("TYPE|FILE", options->what, "Event type, or a file with an event")->required();
    command->add_option("--to", options->url, "URL of the receiver")->required();
    command->add_option("--secret", options->secret, "Signing secret (whsec_…)")->required();
    command->add_option("--count", options->count, "How many")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    command->add_flag("--json", options->json, "Answers as JSON, one a line");
    command->footer("Example:\n  tidewire webhook send charge.succeeded --to "
                    "http://127.0.0.1:8787/hooks/stripe-charge-to-payment/charges --secret whsec_…");
    command->callback([options, &invocation] {
        invocation.command = [options] { return send(*options); };
    });
}

} // namespace

void addWebhookCommand(CLI::App &app, Invocation &invocation)
{
    CLI::App *webhook = app.add_subcommand("webhook", "Check and send signed Stripe deliveries");
    webhook->require_subcommand(1);
    webhook->footer("Example:\n  tidewire webhook send charge.succeeded --secret whsec_… --to "
                    "http://127.0.0.1:8787/hooks/stripe-charge-to-payment/charges");
    addVerify(*webhook, invocation);
    addSend(*webhook, invocation);
}

} // namespace tw::runner
