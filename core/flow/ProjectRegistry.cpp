// SPDX-License-Identifier: GPL-3.0-or-later
// What a project knows better about other systems than the program does.
#include "core/connector/Registry.h"
#include "core/flow/FileText.h"
#include "core/flow/Project.h"

#include <filesystem>

namespace tw {

namespace fs = std::filesystem;

Result<std::shared_ptr<const Registry>> Project::registry(const Registry &base) const
{
    std::vector<ConnectorDescriptor> known;
    for (const ConnectorDescriptor &connector : base.connectors()) {
        std::error_code failure;
        const fs::path file = fs::path(m_folder) / connector.facts.file;
        if (m_isSingleFlow || !connector.facts.apply || !fs::exists(file, failure))
            continue;
        const auto bad = [&](const Error &why) {
            Error error = configError("flow.bad_facts", why.message);
            return std::move(error).at(file.string() + (why.where.empty() ? "" : ':' + why.where));
        };
        const auto text = readTextFile(file.string());
        if (!text)
            return bad(text.error());
        auto applied = connector.facts.apply(*text);
        if (!applied)
            return bad(applied.error());
        if (known.empty())
            known = base.connectors();
        for (ConnectorDescriptor &one : known) {
            if (one.id == connector.id)
                one = std::move(*applied);
        }
    }
    if (known.empty())
        return std::shared_ptr<const Registry>(std::shared_ptr<const Registry>(), &base);
    return std::shared_ptr<const Registry>(std::make_shared<const Registry>(std::move(known)));
}

} // namespace tw
