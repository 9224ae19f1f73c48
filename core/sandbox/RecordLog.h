// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/data/Value.h"

#include <functional>
#include <memory>
#include <string>

class QFile;

namespace tw::sandbox {

/// What a double keeps over restarts: one JSON object a line, only ever appended, handed to the
/// system before append() returns, so that a killed process loses nothing it has answered. A last
/// line cut short by a crash is dropped. Without a path it keeps nothing.
class RecordLog
{
public:
    RecordLog();
    ~RecordLog();

    /// Reads what is there (`line` per object) and opens for appending. Error Config
    /// `sandbox.data_file`.
    Result<void> open(const std::string &path, const std::function<void(const Value &)> &line);
    void append(const Value &object);
    /// Forgets everything, also on disk.
    void clear();

private:
    std::unique_ptr<QFile> m_file;
};

} // namespace tw::sandbox
