"""Whose certificates are trusted, and in what words a failed handshake is told.

Of the environment only SSL_CERT_FILE and SSL_CERT_DIR count: they name the authorities to trust in
place of the public ones, for operators who run their own. Sessions are not resumed: reading one
costs about as much CPU as resuming it saves, and most servers forget theirs between two polls.
"""

import ssl
from functools import cache

import httpx

_CERTIFICATE_FAULTS = {  # X509_V_ERR_*, openssl/x509_vfy.h
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is self-signed",
    19: "its certificate chain ends in a self-signed certificate",
    20: "no authority known here has signed its certificate",
    21: "its server leaves out the certificate that leads to a known authority",
    23: "its certificate was revoked",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}


@cache
def own_tls(*, verify: bool, speaks: str = "http/1.1") -> ssl.SSLContext:
    """Make the process's context once: reading the authorities costs 20 ms.

    `speaks` is the protocol that is offered (ALPN), "" for none: mail servers refuse HTTP's.
    """
    context = httpx.create_ssl_context(verify=verify)
    if speaks:
        context.set_alpn_protocols([speaks])
    return context


def tls_fault(error: ssl.SSLError, host: str) -> str:
    """Say why no trusted encrypted connection to `host` came about."""
    if isinstance(error, ssl.SSLCertVerificationError):
        fault = _CERTIFICATE_FAULTS.get(error.verify_code) or error.verify_message
        return f"{host} can't be trusted: {fault}"
    reason = (error.reason or str(error)).lower().replace("_", " ")
    return f"{host} and this machine can't agree on TLS: {reason}"
