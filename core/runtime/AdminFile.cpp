// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/AdminFile.h"

#include "core/base/Text.h"
#include "core/data/Json.h"

#include <QFile>
#include <QRandomGenerator>
#include <array>
#include <fcntl.h>
#include <unistd.h>

namespace tw {

Result<std::unique_ptr<AdminFile>> AdminFile::write(const std::string &file,
                                                    const std::string &url, const Secret &token)
{
    Arena arena;
    ObjectBuilder object(arena);
    object.set("url", Value::string(arena, url));
    object.set("token", Value::string(arena, token.reveal()));
    object.set("pid", Value::integer(getpid()));
    const std::string text = toJson(object.finish()) + '\n';
    const std::string fresh = file + ".new";
    ::unlink(fresh.c_str());
    const int handle = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const bool written = handle >= 0
        && ::write(handle, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (handle >= 0)
        ::close(handle);
    if (!written || std::rename(fresh.c_str(), file.c_str()) != 0)
        return transientError("runtime.data_folder", "The file " + file + " cannot be written. "
                                                     "Check the folder and its rights.");
    return std::unique_ptr<AdminFile>(new AdminFile(file));
}

Result<AdminFile::Content> AdminFile::read(const std::string &file)
{
    QFile source(toQString(file));
    if (source.open(QIODevice::ReadOnly)) {
        auto json = parseJson(source.readAll().toStdString());
        if (json && json->root().get("url").isString())
            return Content{std::string(json->root().get("url").text()),
                           Secret(std::string(json->root().get("token").text()))};
    }
    return transientError("runtime.no_admin", "The runner of this data folder has no admin door. "
                                              "Start it without \"--admin off\".");
}

AdminFile::~AdminFile()
{
    ::unlink(m_file.c_str());
}

Secret newAdminToken()
{
    constexpr char kDigits[] = "0123456789abcdef";
    std::array<quint32, 8> random{};
    QRandomGenerator::system()->fillRange(random.data(), random.size());
    std::string token;
    for (quint32 word : random) {
        for (int digit = 0; digit < 8; ++digit, word >>= 4)
            token += kDigits[word & 15];
    }
    return Secret(std::move(token));
}

} // namespace tw
