// Short names for the parts of components/node that ingest uses.
#pragma once

#include "components/node/link_error.hpp"
#include "components/node/padded_text.hpp"
#include "components/node/transport.hpp"
#include "components/node/url.hpp"

namespace viz::ingest {

using node::connect_ws;
using node::HttpClient;
using node::HttpFailure;
using node::LinkError;
using node::LinkLimits;
using node::make_http_client;
using node::make_tls_context;
using node::padded;
using node::PaddedText;
using node::parse_url;
using node::redact;
using node::Url;
using node::WsClient;
using node::WsHandlers;

} // namespace viz::ingest
