// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::runner {

/// Exit codes of every command: a public promise.
enum ExitCode { kDone = 0, kNotRight = 1, kWrongUse = 2, kCouldNot = 3 };

/// Where a command writes: results to standard output, messages and progress to standard error.
/// Progress shows only on a terminal, and only once a second has passed. Not thread-safe.
class Output
{
public:
    explicit Output(bool json);

    bool isJson() const { return m_json; }
    bool isColoured() const { return m_coloured; }

    void line(std::string_view text);    ///< One line of the result.
    void json(const Value &value);       ///< One JSON document on a line of its own.
    void message(std::string_view text); ///< To a person, on standard error.
    /// Messages go there instead: into the log, for example.
    void sendMessages(std::function<void(std::string_view)> receive)
    {
        m_receive = std::move(receive);
    }
    void progress(std::string_view text); ///< Replaces the progress line.
    void clearProgress();

    std::string bold(std::string_view text) const;
    std::string red(std::string_view text) const;
    std::string green(std::string_view text) const;
    std::string faint(std::string_view text) const;

private:
    std::string styled(std::string_view text, std::string_view code) const;
    bool m_json;
    bool m_coloured;
    bool m_terminal;
    bool m_progressShown = false;
    long long m_startedMs;
    std::function<void(std::string_view)> m_receive;
};

/// Rows with columns padded to equal width (code points); `right` names the columns to align right.
std::string table(const std::vector<std::vector<std::string>> &rows,
                  const std::vector<bool> &right = {});

/// Columns of the terminal that results are written to; in a pipe or a file there is no limit.
std::size_t lineWidth();

/// The same, no wider than `most` where that can be had without hiding a difference: the widest of the
/// `prose` columns goes below its row on a line of its own, in full; what is still too wide is cut in
/// the middle. The first row is that of titles.
std::string fittedTable(std::vector<std::vector<std::string>> rows, std::vector<bool> prose,
                        std::size_t most = lineWidth());

} // namespace tw::runner
