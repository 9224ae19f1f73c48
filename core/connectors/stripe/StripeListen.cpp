// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/StripeListen.h"

#include "core/base/Text.h"
#include "core/connectors/stripe/facts/EventTypes.h"

#include <QFileInfo>
#include <QProcessEnvironment>
#include <QRegularExpression>
#include <QStandardPaths>
#include <algorithm>

namespace tw::stripe {
namespace {

constexpr std::chrono::seconds kFirstRetry{5};
constexpr std::chrono::minutes kLongestRetry{5};
constexpr qsizetype kLinesKept = 2000;
constexpr int kEndsWithin = 2000; // ms, when it is told to end

std::string joined(const std::vector<std::string> &words)
{
    std::string text;
    for (const std::string &word : words)
        text += (text.empty() ? "" : ",") + word;
    return text;
}

/// For a POSIX shell; most arguments need nothing.
std::string quoted(const std::string &word)
{
    const bool plain = std::all_of(word.begin(), word.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || std::string_view("-_./:,=@").find(letter) != std::string_view::npos;
    });
    if (plain && !word.empty())
        return word;
    std::string text = "'";
    for (const char letter : word)
        text += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    return text + '\'';
}

/// The CLI takes names of types and "*" alone.
std::vector<std::string> spelledOut(const std::vector<std::string> &patterns, bool thin)
{
    std::vector<std::string> types;
    for (const std::string &pattern : patterns) {
        const bool isThin = pattern.starts_with("v1.") || pattern.starts_with("v2.");
        if (pattern == "*")
            return {"*"};
        if (!pattern.ends_with(".*")) {
            if (isThin == thin)
                types.push_back(pattern);
            continue;
        }
        for (const EventType &type : eventTypes()) {
            if (type.thin == thin && matchesEvent({pattern}, type.name))
                types.emplace_back(type.name);
        }
    }
    return types;
}

std::string withoutSecrets(const QByteArray &said)
{
    static const QRegularExpression kSecret(
        QStringLiteral("\\b(whsec|sk_test|sk_live|rk_test|rk_live)_[A-Za-z0-9]+"));
    QString text = QString::fromUtf8(said).trimmed();
    text = text.section(u'\n', -1);
    return toUtf8(text.replace(kSecret, QStringLiteral("…")));
}

} // namespace

std::vector<std::string> ListenOrder::arguments() const
{
    std::vector<std::string> words{"listen"};
    const auto snapshots = spelledOut(events, false);
    const auto thin = spelledOut(events, true);
    if (!snapshots.empty() || thin.empty()) {
        words.insert(words.end(), {"--forward-to", url});
        if (!snapshots.empty() && snapshots.front() != "*")
            words.insert(words.end(), {"--events", joined(snapshots)});
    }
    if (!thin.empty() && thin.front() != "*")
        words.insert(words.end(), {"--forward-thin-to", url, "--thin-events", joined(thin)});
    if (!account.empty() && account != "own")
        words.insert(words.end(), {"--stripe-account", account});
    if (latest)
        words.emplace_back("--latest");
    if (live)
        words.emplace_back("--live");
    return words;
}

std::string ListenOrder::command() const
{
    std::string line = "stripe";
    for (const std::string &word : arguments())
        line += ' ' + quoted(word);
    return line;
}

StripeListen::StripeListen(Clock &clock, QObject *parent) : QObject(parent), m_clock(clock) {}

StripeListen::~StripeListen()
{
    if (!m_process)
        return;
    m_process->disconnect(this);
    m_process->terminate();
    if (!m_process->waitForFinished(kEndsWithin)) {
        m_process->kill();
        m_process->waitForFinished(kEndsWithin);
    }
}

Result<std::string> StripeListen::find(const std::string &path)
{
    const QStringList folders = toQString(path).split(u':', Qt::SkipEmptyParts);
    const QString found = folders.isEmpty()
                              ? QString()
                              : QStandardPaths::findExecutable(QStringLiteral("stripe"), folders);
    if (found.isEmpty())
        return configError(
            "stripe.no_cli",
            "The Stripe CLI is not installed: there is no program \"stripe\" in PATH. "
            "Install it from docs.stripe.com/stripe-cli and sign in with \"stripe "
            "login\", or switch \"forward\" off.");
    return toUtf8(found);
}

QProcess *StripeListen::newProcess()
{
    auto *process = new QProcess(this);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (!m_key.isEmpty())
        environment.insert(QStringLiteral("STRIPE_API_KEY"), toQString(m_key.reveal()));
    process->setProcessEnvironment(environment);
    process->setStandardInputFile(QProcess::nullDevice());
    process->setProgram(toQString(m_program));
    connect(process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            ended();
    });
    return process;
}

void StripeListen::start(std::string program, ListenOrder order, Secret key,
                         std::function<void(Secret)> onSecret,
                         std::function<void(const Error &)> onTrouble)
{
    m_program = std::move(program);
    m_order = std::move(order);
    m_key = std::move(key);
    m_onSecret = std::move(onSecret);
    m_onTrouble = std::move(onTrouble);
    askForSecret();
}

void StripeListen::askForSecret()
{
    m_lastLines.clear();
    m_process = newProcess();
    QStringList arguments{QStringLiteral("listen"), QStringLiteral("--print-secret")};
    if (m_order.live)
        arguments << QStringLiteral("--live");
    m_process->setArguments(arguments);
    connect(m_process, &QProcess::finished, this, [this] { secretCame(); });
    m_process->start();
}

void StripeListen::secretCame()
{
    const QString printed = QString::fromUtf8(m_process->readAllStandardOutput());
    static const QRegularExpression kSecret(QStringLiteral("\\bwhsec_[A-Za-z0-9]+"));
    const auto found = kSecret.match(printed);
    if (!found.hasMatch()) {
        m_lastLines = m_process->readAllStandardError();
        return ended();
    }
    m_process->deleteLater();
    m_process = nullptr;
    m_onSecret(Secret(toUtf8(found.captured())));
    forward();
}

void StripeListen::forward()
{
    m_lastLines.clear();
    m_process = newProcess();
    QStringList arguments;
    for (const std::string &word : m_order.arguments())
        arguments << toQString(word);
    m_process->setArguments(arguments);
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    connect(m_process, &QProcess::readyRead, this, [this] {
        const QByteArray said = m_process->readAll();
        m_lastLines = (m_lastLines + said).right(kLinesKept);
        if (m_lastLines.contains("Ready!"))
            m_tries = 0;
    });
    connect(m_process, &QProcess::finished, this, [this] { ended(); });
    m_process->start();
}

void StripeListen::ended()
{
    if (!m_process)
        return;
    const bool started = m_process->error() != QProcess::FailedToStart;
    m_process->disconnect(this);
    m_process->deleteLater();
    m_process = nullptr;
    trouble(started ? "The Stripe CLI ended" : "The Stripe CLI could not be started", m_lastLines);
    const auto wait = std::min<std::chrono::milliseconds>(
        kFirstRetry * (1 << std::min(m_tries++, 10)), kLongestRetry);
    m_clock.callAfter(wait, this, [this] { askForSecret(); });
}

void StripeListen::trouble(const std::string &what, const QByteArray &said)
{
    const std::string line = withoutSecrets(said);
    m_onTrouble(transientError(
        "stripe.cli_ended", what + (line.empty() ? "." : ": " + line) +
                                " It is started again; until then events come by the list, where "
                                "the connection has a key."));
}

} // namespace tw::stripe
