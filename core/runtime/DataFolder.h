// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <QTemporaryDir>
#include <memory>
#include <string>

namespace tw {

/// The folder that a runtime writes to, held against a second one by a lock of the kernel, which
/// goes with the process however it ends. Readable by its owner alone: it holds events.
class DataFolder
{
public:
    /// Empty path: a temporary folder that goes with this object. Errors: Transient
    /// `runtime.data_in_use`, `runtime.data_folder`.
    static Result<std::unique_ptr<DataFolder>> open(const std::string &path);
    ~DataFolder();
    DataFolder(const DataFolder &) = delete;
    DataFolder &operator=(const DataFolder &) = delete;

    const std::string &path() const { return m_path; }
    std::string file(const std::string &name) const { return m_path + '/' + name; }
    /// A folder inside; made when it is missing. Empty when the data is temporary.
    std::string kept(const std::string &name) const;

private:
    DataFolder() = default;
    Result<void> lock();
    void keepPrivate() const;

    std::string m_path;
    std::unique_ptr<QTemporaryDir> m_temporary;
    int m_lock = -1;
};

} // namespace tw
