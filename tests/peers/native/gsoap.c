/* gSOAP: the envelope into structures that its generator made of the project's WSDL (`gsoap`), and these structures
 * into text (`gsoap_write`), as its own stubs do it, from and to memory instead of a socket. */
#include "soapH.h"

#include "ExchangeServiceBinding.nsmap"
#include "driver.h"

/* Message and name of the structure around it. */
#define DOCUMENTS(each)                                                                                                \
    each(GetImItemListResponse) each(AddImGroup) each(GetImItems)

/* Reading and writing one message, in the order of calls of the generated stubs. */
#define CODEC(name)                                                                                                    \
    static void read_##name(struct soap *soap) {                                                                       \
        soap_default___m__##name(soap, &name);                                                                         \
        if (soap_begin_recv(soap) || soap_envelope_begin_in(soap) || soap_recv_header(soap) ||                         \
            soap_body_begin_in(soap) || !soap_get___m__##name(soap, &name, "-m:" #name, NULL) ||                       \
            soap_body_end_in(soap) || soap_envelope_end_in(soap) || soap_end_recv(soap) || !name.m__##name)            \
            fail("gSOAP does not read " #name);                                                                        \
    }                                                                                                                  \
    static void write_##name(struct soap *soap) {                                                                      \
        soap_serializeheader(soap);                                                                                    \
        soap_serialize___m__##name(soap, &name);                                                                       \
        if (soap_begin_send(soap) || soap_envelope_begin_out(soap) || soap_putheader(soap) ||                          \
            soap_body_begin_out(soap) || soap_put___m__##name(soap, &name, "-m:" #name, "") ||                         \
            soap_body_end_out(soap) || soap_envelope_end_out(soap) || soap_end_send(soap))                             \
            fail("gSOAP does not write " #name);                                                                       \
    }
#define VALUE(name) static struct __m__##name name;
DOCUMENTS(VALUE)
DOCUMENTS(CODEC)

/* One context reads. What `gsoap_write` writes stays in it, while the other writes again and again. */
static struct soap *in, *out;
static void (*read_document)(struct soap *), (*write_document)(struct soap *);
static const char *text;
static int writes;
static const char *written;

/* Text is UTF-8 in structures too; elements that are referred to twice are not looked for. */
#define MODE (SOAP_C_UTFSTRING | SOAP_XML_TREE)

static void read_once(void) {
    in->is = text;
    read_document(in);
    in->is = NULL;
}

static void peer_prepare(const char *name, const char *document, const char *document_text, size_t length) {
    (void)length;
    text = document_text;
    in = soap_new1(MODE);
    out = soap_new1(MODE);
    if (!in || !out)
        fail("gSOAP makes no context");
#define CHOOSE(name)                                                                                                   \
    {                                                                                                                  \
        read_document = read_##name;                                                                                   \
        write_document = write_##name;                                                                                 \
    }
    if (!strcmp(document, "large") || !strcmp(document, "medium"))
        CHOOSE(GetImItemListResponse)
    else if (!strcmp(document, "request"))
        CHOOSE(AddImGroup)
    else if (!strcmp(document, "ids"))
        CHOOSE(GetImItems)
    else
        fail("gSOAP has no such document");
    writes = !strcmp(name, "gsoap_write");
    if (!writes && strcmp(name, "gsoap"))
        fail("gSOAP has the cases gsoap and gsoap_write");
    if (writes) {
        read_once();
        out->header = in->header;
    }
}

static void peer_run(void) {
    if (writes) {
        /* The text of the last time belongs to the context. */
        soap_destroy(out);
        soap_end(out);
        out->os = &written;
        out->header = in->header;
        write_document(out);
        out->os = NULL;
    } else {
        read_once();
        soap_destroy(in);
        soap_end(in);
    }
}

static const char *peer_text(size_t *length) {
    *length = written ? strlen(written) : 0;
    return written;
}
