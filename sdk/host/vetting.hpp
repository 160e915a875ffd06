// sdk/host/vetting.hpp - reads a plugin's file, if only those may have written it who may.
#pragma once

#include <string>

#include "core/model/result.hpp"
#include "sdk/host/signing.hpp"

namespace convene {

/// The content of a file that passed, read once: whatever happens to the file later is of no
/// effect.
struct VettedFile {
  std::string bytes;
  std::string sha256;  ///< Hexadecimal.
};

/// Reads `name` from `folder` (promise H1). The folder and the file belong to root or to the user
/// of this process, and neither group nor others may write them; `name` is a plain name that ends
/// in ".so"; the file is no symbolic link, has no second hard link, and is at most 256 MiB. Errors
/// name the path and the remedy.
///
/// With a policy NAME.sig is read by the same rules and checked: it must be there where signatures are
/// required, and good where it is there and somebody is trusted.
Result<VettedFile> read_vetted(const std::string& folder, const std::string& name,
                               const SignaturePolicy& signatures = {});

/// The same, and that it is the plugin library that the configuration means: of this SHA-256 (empty:
/// any), whole, for this machine. What is loaded, in this process or in another, went through here.
Result<VettedFile> vet_library(const std::string& folder, const std::string& name,
                               const std::string& sha256, const SignaturePolicy& signatures);

}  // namespace convene
