// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/LogSink.h"

#include "core/base/Text.h"

#include <atomic>
#include <cerrno>
#include <unistd.h>

namespace tw::log {
namespace {

std::atomic<Sink *> s_sink = nullptr; // Qt's handler is a plain function

Level levelOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return Level::Debug;
    case QtInfoMsg:
        return Level::Info;
    case QtWarningMsg:
        return Level::Warning;
    case QtCriticalMsg:
    case QtFatalMsg:
        break;
    }
    return Level::Error;
}

/// "tw.engine" is "engine" to people; what has no category of ours is Qt's.
std::string_view areaOf(const char *category)
{
    const std::string_view name = category ? category : "";
    if (name.starts_with("tw."))
        return name.substr(3);
    return name.empty() || name == "default" ? std::string_view("qt") : name;
}

void toStandardError(std::string_view line)
{
    while (!line.empty()) {
        const ssize_t count = ::write(STDERR_FILENO, line.data(), line.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) // nobody reads it; there is no other place to say so
            return;
        line.remove_prefix(static_cast<std::size_t>(count));
    }
}

} // namespace

Sink::Sink(const Clock &clock, Options options) : m_clock(clock), m_options(std::move(options))
{
    if (!m_options.write)
        m_options.write = toStandardError;
    s_sink = this;
    m_before = qInstallMessageHandler(&Sink::take);
}

Sink::~Sink()
{
    qInstallMessageHandler(m_before);
    s_sink = nullptr;
    const std::lock_guard wait(m_mutex); // a thread may still be writing
}

void Sink::take(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    if (Sink *sink = s_sink)
        sink->line(levelOf(type), areaOf(context.category), toUtf8(message));
}

void Sink::protect(const Secret &secret)
{
    const std::lock_guard hold(m_mutex);
    m_redactor.remember(secret);
}

std::string Sink::clean(std::string_view text)
{
    const std::lock_guard hold(m_mutex);
    return m_redactor.redacted(text);
}

void Sink::line(Level level, std::string_view area, std::string_view message)
{
    if (level > m_options.level)
        return;
    const std::lock_guard hold(m_mutex);
    const Line line{m_clock.now(), level, area, message, Ids::current(),
                    m_options.rehearsal};
    m_options.write(written(line, m_options.form, m_redactor));
}

} // namespace tw::log
