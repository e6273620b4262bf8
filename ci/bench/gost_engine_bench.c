/*
 * Operations a second of OpenSSL with gost-engine on one core, in the shape of gost3410's `speed` example.
 *
 * Keys and contexts are made before the clock starts; only EVP_PKEY_sign and EVP_PKEY_verify are timed, by the processor
 * time of this program.
 *
 * Build: cc -O2 -Wno-deprecated-declarations -o gost_engine_bench gost_engine_bench.c -lcrypto
 * Run:   ./gost_engine_bench [seconds for each round] [parameter set]
 */
#include <openssl/engine.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 25

struct set {
    const char *name, *oid;
    int algorithm;
    const char *paramset;
    size_t digest;
};

/* XchB, TC26-256-B, -C and -D have the curves of C, A, B and C. */
static const struct set sets[] = {
    {"CryptoPro-Test", "1.2.643.2.2.35.0", NID_id_GostR3410_2001, "0", 32},
    {"CryptoPro-A", "1.2.643.2.2.35.1", NID_id_GostR3410_2012_256, "A", 32},
    {"CryptoPro-B", "1.2.643.2.2.35.2", NID_id_GostR3410_2012_256, "B", 32},
    {"CryptoPro-C", "1.2.643.2.2.35.3", NID_id_GostR3410_2012_256, "C", 32},
    {"CryptoPro-XchA", "1.2.643.2.2.36.0", NID_id_GostR3410_2012_256, "XA", 32},
    {"CryptoPro-XchB", "1.2.643.2.2.36.1", NID_id_GostR3410_2012_256, "XB", 32},
    {"TC26-256-A", "1.2.643.7.1.2.1.1.1", NID_id_GostR3410_2012_256, "TCA", 32},
    {"TC26-256-B", "1.2.643.7.1.2.1.1.2", NID_id_GostR3410_2012_256, "TCB", 32},
    {"TC26-256-C", "1.2.643.7.1.2.1.1.3", NID_id_GostR3410_2012_256, "TCC", 32},
    {"TC26-256-D", "1.2.643.7.1.2.1.1.4", NID_id_GostR3410_2012_256, "TCD", 32},
    {"TC26-512-A", "1.2.643.7.1.2.1.2.1", NID_id_GostR3410_2012_512, "A", 64},
    {"TC26-512-B", "1.2.643.7.1.2.1.2.2", NID_id_GostR3410_2012_512, "B", 64},
    {"TC26-512-C", "1.2.643.7.1.2.1.2.3", NID_id_GostR3410_2012_512, "C", 64},
};

static unsigned char digest[64], signature[128];
static size_t signature_length;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void require(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "gost_engine_bench: %s failed\n", what);
        exit(1);
    }
}

static EVP_PKEY *generate(const struct set *set)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context;
    context = EVP_PKEY_CTX_new_id(set->algorithm, NULL);
    require(context != NULL, "EVP_PKEY_CTX_new_id");
    require(EVP_PKEY_keygen_init(context) > 0, "EVP_PKEY_keygen_init");
    require(EVP_PKEY_CTX_ctrl_str(context, "paramset", set->paramset) > 0, "paramset");
    require(EVP_PKEY_keygen(context, &key) > 0, "EVP_PKEY_keygen");
    EVP_PKEY_CTX_free(context);
    return key;
}

static void sign(EVP_PKEY_CTX *context, const struct set *set)
{
    signature_length = sizeof signature;
    require(EVP_PKEY_sign(context, signature, &signature_length, digest, set->digest) > 0, "EVP_PKEY_sign");
}

static void verify(EVP_PKEY_CTX *context, const struct set *set)
{
    require(EVP_PKEY_verify(context, signature, signature_length, digest, set->digest) == 1, "EVP_PKEY_verify");
}

static void report(const struct set *set, const char *operation, double seconds, EVP_PKEY_CTX *context,
                   void (*run)(EVP_PKEY_CTX *, const struct set *))
{
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        long done = 0;
        double start = now(), end;
        do {
            for (int i = 0; i < 16; i++)
                run(context, set);
            done += 16;
            end = now();
        } while (end - start < seconds);
        if (done / (end - start) > best)
            best = done / (end - start);
    }
    printf("{\"library\":\"gost-engine\",\"set\":\"%s\",\"oid\":\"%s\",\"operation\":\"%s\",\"per_second\":%.0f}\n",
           set->name, set->oid, operation, best);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 0.02;
    ENGINE *engine;
    ENGINE_load_builtin_engines();
    engine = ENGINE_by_id("gost");
    require(engine != NULL && ENGINE_init(engine), "loading the engine \"gost\" (libengine-gost-openssl)");
    require(ENGINE_set_default(engine, ENGINE_METHOD_ALL), "ENGINE_set_default");
    memset(digest, 0x5a, sizeof digest);

    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        EVP_PKEY *key;
        EVP_PKEY_CTX *context;
        if (argc > 2 && strcmp(argv[2], sets[i].name) != 0)
            continue;
        key = generate(&sets[i]);
        context = EVP_PKEY_CTX_new(key, NULL);
        require(EVP_PKEY_sign_init(context) > 0, "EVP_PKEY_sign_init");
        report(&sets[i], "sign", seconds, context, sign);
        require(EVP_PKEY_verify_init(context) > 0, "EVP_PKEY_verify_init");
        report(&sets[i], "verify", seconds, context, verify);
        EVP_PKEY_CTX_free(context);
        EVP_PKEY_free(key);
    }
    return 0;
}
