// What it is compared with.
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>
