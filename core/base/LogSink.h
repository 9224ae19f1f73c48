// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/LogLine.h"
#include "core/base/Redactor.h"

#include <QtGlobal>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace tw::log {

/// Writes what all threads log, redacted, one line at a time. While it lives it takes the messages
/// of Qt's logging; one at a time in a program, which is Qt's rule, not ours.
class Sink
{
public:
    struct Options
    {
        Form form = Form::Text;
        Level level = Level::Info; ///< Less important lines are dropped.
        /// Gets whole lines, from any thread but never two at once. Empty: standard error.
        std::function<void(std::string_view)> write;
        bool rehearsal = false; ///< Every line says so: nothing of it happened for real.
    };

    /// `clock` must outlive the sink.
    Sink(const Clock &clock, Options options);
    ~Sink();
    Sink(const Sink &) = delete;
    Sink &operator=(const Sink &) = delete;

    Form form() const { return m_options.form; }
    /// From now on no line shows it. Any thread.
    void protect(const Secret &secret);
    /// `text` as a line would show it, for what is written elsewhere. Any thread.
    std::string clean(std::string_view text);
    /// A line that does not come through Qt's logging. Any thread; ids are those of the caller.
    void line(Level level, std::string_view area, std::string_view message);

private:
    static void take(QtMsgType type, const QMessageLogContext &context, const QString &message);

    const Clock &m_clock;
    Options m_options;
    std::mutex m_mutex;
    Redactor m_redactor;
    QtMessageHandler m_before;
};

} // namespace tw::log
