/*
 * The other side of gost3410's `cross_check` example: OpenSSL with gost-engine.
 *
 * engine_rows emit <rows for each set>   writes keys and signatures of the engine
 * engine_rows judge                      checks rows read from standard input
 *
 * A row is six words: <algorithm OID> <set OID> <message> <PKCS#8> <SubjectPublicKeyInfo> <s||r>, the last four in
 * hexadecimal.
 */
#include <openssl/engine.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct set {
    const char *algorithm_oid, *oid, *paramset;
    int algorithm;
};

#define GOST2001(oid, name) {"1.2.643.2.2.19", oid, name, NID_id_GostR3410_2001}
#define GOST2012_256(oid, name) {"1.2.643.7.1.1.1.1", oid, name, NID_id_GostR3410_2012_256}
#define GOST2012_512(oid, name) {"1.2.643.7.1.1.1.2", oid, name, NID_id_GostR3410_2012_512}

static const struct set sets[] = {
    GOST2001("1.2.643.2.2.35.0", "0"),
    GOST2001("1.2.643.2.2.35.1", "A"),
    GOST2001("1.2.643.2.2.35.2", "B"),
    GOST2001("1.2.643.2.2.35.3", "C"),
    GOST2001("1.2.643.2.2.36.0", "XA"),
    GOST2001("1.2.643.2.2.36.1", "XB"),
    GOST2012_256("1.2.643.2.2.35.0", "0"),
    GOST2012_256("1.2.643.2.2.35.1", "A"),
    GOST2012_256("1.2.643.2.2.35.2", "B"),
    GOST2012_256("1.2.643.2.2.35.3", "C"),
    GOST2012_256("1.2.643.2.2.36.0", "XA"),
    GOST2012_256("1.2.643.2.2.36.1", "XB"),
    GOST2012_256("1.2.643.7.1.2.1.1.1", "TCA"),
    GOST2012_256("1.2.643.7.1.2.1.1.2", "TCB"),
    GOST2012_256("1.2.643.7.1.2.1.1.3", "TCC"),
    GOST2012_256("1.2.643.7.1.2.1.1.4", "TCD"),
    GOST2012_512("1.2.643.7.1.2.1.2.1", "A"),
    GOST2012_512("1.2.643.7.1.2.1.2.2", "B"),
    GOST2012_512("1.2.643.7.1.2.1.2.3", "C"),
};

static void require(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "engine_rows: %s failed\n", what);
        exit(1);
    }
}

static const EVP_MD *digest_of(const char *algorithm_oid)
{
    const char *name = strcmp(algorithm_oid, "1.2.643.2.2.19") == 0      ? SN_id_GostR3411_94
                       : strcmp(algorithm_oid, "1.2.643.7.1.1.1.1") == 0 ? SN_id_GostR3411_2012_256
                                                                         : SN_id_GostR3411_2012_512;
    const EVP_MD *digest = EVP_get_digestbyname(name);
    require(digest != NULL, name);
    return digest;
}

static void print_hex(const unsigned char *octets, size_t length, char end)
{
    while (length--)
        printf("%02x", *octets++);
    putchar(end);
}

/* Overwrites the text with its octets. */
static size_t read_hex(char *text)
{
    size_t length = strlen(text) / 2;
    for (size_t i = 0; i < length; i++) {
        unsigned value;
        require(sscanf(text + 2 * i, "%2x", &value) == 1, "hexadecimal");
        ((unsigned char *)text)[i] = value;
    }
    return length;
}

static EVP_PKEY *generate(const struct set *set)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(set->algorithm, NULL);
    require(context != NULL && EVP_PKEY_keygen_init(context) > 0, "EVP_PKEY_keygen_init");
    require(EVP_PKEY_CTX_ctrl_str(context, "paramset", set->paramset) > 0, "paramset");
    require(EVP_PKEY_keygen(context, &key) > 0, "EVP_PKEY_keygen");
    EVP_PKEY_CTX_free(context);
    return key;
}

static void emit_row(const struct set *set)
{
    unsigned char message[200], signature[128], *pkcs8 = NULL, *spki = NULL;
    unsigned char length;
    size_t signature_length = sizeof signature;
    EVP_PKEY *key = generate(set);
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int pkcs8_length = i2d_PKCS8_PRIV_KEY_INFO(info, &pkcs8), spki_length = i2d_PUBKEY(key, &spki);

    require(RAND_bytes(&length, 1) == 1 && RAND_bytes(message, sizeof message) == 1, "RAND_bytes");
    length = 1 + length % sizeof message;
    require(EVP_DigestSignInit(context, NULL, digest_of(set->algorithm_oid), NULL, key) > 0, "EVP_DigestSignInit");
    require(EVP_DigestSignUpdate(context, message, length) > 0, "EVP_DigestSignUpdate");
    require(EVP_DigestSignFinal(context, signature, &signature_length) > 0, "EVP_DigestSignFinal");

    printf("%s %s ", set->algorithm_oid, set->oid);
    print_hex(message, length, ' ');
    print_hex(pkcs8, pkcs8_length, ' ');
    print_hex(spki, spki_length, ' ');
    print_hex(signature, signature_length, '\n');
    OPENSSL_free(pkcs8);
    OPENSSL_free(spki);
    EVP_MD_CTX_free(context);
    PKCS8_PRIV_KEY_INFO_free(info);
    EVP_PKEY_free(key);
}

/* What is wrong with a row, or NULL. */
static const char *judge_row(char *words[6], const size_t lengths[6])
{
    const char *wrong = NULL;
    const unsigned char *pkcs8 = (unsigned char *)words[3], *spki = (unsigned char *)words[4];
    EVP_PKEY *private_key = d2i_AutoPrivateKey(NULL, &pkcs8, lengths[3]);
    EVP_PKEY *public_key = d2i_PUBKEY(NULL, &spki, lengths[4]);
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    if (private_key == NULL)
        wrong = "private key";
    else if (public_key == NULL)
        wrong = "public key";
    else if (EVP_PKEY_eq(private_key, public_key) != 1)
        wrong = "halves that do not belong together";
    else if (EVP_DigestVerifyInit(context, NULL, digest_of(words[0]), NULL, public_key) <= 0 ||
             EVP_DigestVerifyUpdate(context, words[2], lengths[2]) <= 0 ||
             EVP_DigestVerifyFinal(context, (unsigned char *)words[5], lengths[5]) != 1)
        wrong = "signature";
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(private_key);
    EVP_PKEY_free(public_key);
    return wrong;
}

static int judge(void)
{
    static char line[8192];
    long good = 0, bad = 0;
    while (fgets(line, sizeof line, stdin)) {
        char *words[6], *rest = line;
        size_t lengths[6];
        const char *wrong;
        for (int i = 0; i < 6; i++) {
            words[i] = strsep(&rest, " \n");
            require(words[i] != NULL, "reading six words");
            lengths[i] = i < 2 ? strlen(words[i]) : read_hex(words[i]);
        }
        wrong = judge_row(words, lengths);
        if (wrong == NULL)
            good++;
        else if (bad++ < 10)
            fprintf(stderr, "engine_rows: bad %s in a row of %s %s\n", wrong, words[0], words[1]);
    }
    printf("gost-engine judged %ld rows: %ld good, %ld bad\n", good + bad, good, bad);
    return bad > 0 || good == 0;
}

int main(int argc, char **argv)
{
    ENGINE *engine;
    ENGINE_load_builtin_engines();
    engine = ENGINE_by_id("gost");
    require(engine != NULL && ENGINE_init(engine), "loading the engine \"gost\" (libengine-gost-openssl)");
    require(ENGINE_set_default(engine, ENGINE_METHOD_ALL), "ENGINE_set_default");

    if (argc == 2 && strcmp(argv[1], "judge") == 0)
        return judge();
    if (argc != 3 || strcmp(argv[1], "emit") != 0)
        return 2;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        for (int row = atoi(argv[2]); row > 0; row--)
            emit_row(&sets[i]);
    return 0;
}
