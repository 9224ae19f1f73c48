// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Secret.h"

#include <memory>
#include <string>

namespace tw {

/// How other programs of the same user find the admin door of a runner: admin.json in its data
/// folder, readable by the owner alone, removed when this object goes. What a killed runner left is
/// replaced by the next one.
class AdminFile
{
public:
    struct Content
    {
        std::string url;
        Secret token;
    };

    /// Error Transient `runtime.data_folder`.
    static Result<std::unique_ptr<AdminFile>> write(const std::string &file,
                                                    const std::string &url, const Secret &token);
    /// Error Transient `runtime.no_admin`.
    static Result<Content> read(const std::string &file);
    ~AdminFile();
    AdminFile(const AdminFile &) = delete;
    AdminFile &operator=(const AdminFile &) = delete;

private:
    explicit AdminFile(std::string file) : m_file(std::move(file)) {}
    std::string m_file;
};

/// 256 random bits of the operating system, as hexadecimal digits.
Secret newAdminToken();

} // namespace tw
